import type { Usher } from '@hangup/core'
import { recordOf } from '@hangup/core'
import type { ErrorRequestHandler, Request } from 'express'

/** Tells core of an error before anybody answers it. `false`: it is an abort, and goes no further. */
export type NoteError = (error: unknown, req: Request) => boolean

export function createNoteError(usher: Usher): NoteError {
  return function noteError(error, req) {
    const exchange = recordOf(req)
    if (exchange === undefined) return true
    const failure = usher.fail(exchange, error)
    if (failure === 'page') exchange.clearPage()
    return failure !== 'quiet'
  }
}

/** Stands behind all routes, in front of Express's own final handler, and keeps that from two mistakes. */
export const lastErrorHandler: ErrorRequestHandler = (error, req, res, next) => {
  if (res.headersSent) keepConnection(req)
  else if (!req.complete) answerAtOnce(req)
  next(error)
}

/**
 * Express's final handler destroys the connection where a response has begun. One that is finished
 * has nothing to fear, and the next request on its connection has nothing to do with the error.
 */
function keepConnection(req: Request): void {
  req.socket = Object.create(req.socket, { destroy: { value: () => {} } })
}

/** Express's final handler reads the rest of an upload before it answers (conformance row B10). */
function answerAtOnce(req: Request): void {
  if (req.socket) req.socket = Object.create(req.socket, { readable: { value: false } })
}
