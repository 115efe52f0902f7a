import { Buffer } from 'node:buffer'
import { unknownEncoding } from './write-errors.ts'

/** A piece of a response's body, as it was given to `write` or `end`. */
export interface Chunk {
  readonly data: string | Uint8Array
  readonly encoding: BufferEncoding
}

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

/** One chunk of them all: a string where all are UTF-8 text, since Node sends head and text in one piece. */
export function joinChunks(chunks: readonly Chunk[]): Chunk {
  const [first] = chunks
  if (first !== undefined && chunks.length === 1) return first
  if (chunks.every(isText))
    return { data: chunks.map((chunk) => chunk.data).join(''), encoding: 'utf8' }
  return { data: Buffer.concat(chunks.map(toBytes)), encoding: 'utf8' }
}

function isText(chunk: Chunk): boolean {
  return typeof chunk.data === 'string' && (chunk.encoding === 'utf8' || chunk.encoding === 'utf-8')
}

function toBytes({ data, encoding }: Chunk): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data, encoding) : data
}
