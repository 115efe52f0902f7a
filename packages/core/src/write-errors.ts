import type { OpenResponse } from './node-types.ts'

/** What Node throws for a chunk that is neither text nor bytes. */
export function invalidChunk(chunk: unknown): TypeError {
  if (chunk === null) {
    const error = new TypeError('May not write null values to stream')
    return Object.assign(error, { code: 'ERR_STREAM_NULL_VALUES' })
  }
  const error = new TypeError(
    `The "chunk" argument must be of type string or an instance of Buffer or Uint8Array. Received ${typeof chunk}`,
  )
  return Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' })
}

/** What Node throws for an encoding that is none. */
export function unknownEncoding(value: unknown): TypeError {
  const error = new TypeError(`Unknown encoding: ${value}`)
  return Object.assign(error, { code: 'ERR_UNKNOWN_ENCODING' })
}

/** What Node gives to the callback of a write that comes after `end()`. */
export function writeAfterEnd(): Error {
  return Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' })
}

/** Tells those who wait for this response that it has failed: a `pipeline` waits for its last stream. */
export function tellFailure(res: OpenResponse, error: unknown): void {
  if (res.listenerCount('error') === 0) return
  // `source.pipe(res)` emits the error again where nobody else listens.
  res.on('error', ignore)
  res.emit('error', error)
  res.off('error', ignore)
}

function ignore(): void {}
