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
    else keepConnection(req)
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
