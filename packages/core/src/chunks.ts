import { Buffer } from 'node:buffer'
import { unknownEncoding } from './write-errors.ts'

export function isData(value: unknown): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array
}

/** The encoding of this text; none for bytes. Throws what Node throws for one that is none. */
export function encodingOf(data: unknown, value: unknown): BufferEncoding {
  if (typeof data !== 'string' || !value) return 'utf8'
  if (typeof value === 'string' && Buffer.isEncoding(value)) return value
  throw unknownEncoding(value)
}

export function byteLength(data: string | Uint8Array, encoding: BufferEncoding): number {
  return typeof data === 'string' ? Buffer.byteLength(data, encoding) : data.byteLength
}
