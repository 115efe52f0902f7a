import { exchangeOf, type Usher } from '@hangup/core'
import type { ErrorRequestHandler, Request } from 'express'

/**
 * Stands behind all routes, in front of Express's own final handler: an abort goes no further, every
 * other error goes where it always went.
 */
export function createErrorHandler(usher: Usher): ErrorRequestHandler {
  return function handleError(error, req, _res, next) {
    const exchange = exchangeOf(req)
    if (exchange === undefined) return next(error)
    const failure = usher.fail(exchange, error)
    if (failure === 'quiet') return
    if (failure === 'page') exchange.clearPage()
    if (failure !== 'page') keepConnection(req)
    else if (!req.complete) answerAtOnce(req)
    next(error)
  }
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
