import type { Request } from './node-types.ts'

/** What Node's streams say to somebody who goes on writing to a client that has left. */
const WRITING_TO_NOBODY = new Set([
  'EPIPE',
  'ECANCELED',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_UNABLE_TO_PIPE',
  'ERR_STREAM_WRITE_AFTER_END',
  'ERR_HTTP2_INVALID_STREAM',
  'ERR_HTTP2_STREAM_CANCEL',
  'ERR_HTTP2_STREAM_ERROR',
  'ERR_HTTP2_SESSION_ERROR',
  'ERR_HTTP2_GOAWAY_SESSION',
])

/** Whether an error is no more than what cutting this request's failed response has set off. */
export function isEcho(error: unknown, req: Request): boolean {
  if (typeof error !== 'object' || error === null) return false
  if ('stream' in req) return error === req.stream.errored
  return error === req.errored || error === req.socket?.errored
}

/**
 * Whether an error only says that the client of this request has left, where it is known to have
 * left. `cause` is what its socket or stream said. An ECONNRESET is known by identity alone: one
 * from a database that the handler talked to is no disconnect of ours.
 */
export function isDisconnectError(error: unknown, req: Request, cause: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  if (error === cause || error === req.errored || error === req.socket?.errored) return true
  const { code, type } = error as { code?: unknown; type?: unknown }
  // raw-body, which the body parsers of Express and Koa stand on, makes an error of its own.
  if (type === 'request.aborted') return true
  return typeof code === 'string' && WRITING_TO_NOBODY.has(code)
}
