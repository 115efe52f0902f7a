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

/** Bytes of body that it makes: none where it is no data. */
export function sizeOf(data: unknown, encoding: unknown): number {
  if (typeof data === 'string') return Buffer.byteLength(data, encodingOf(data, encoding))
  return data instanceof Uint8Array ? data.byteLength : 0
}
