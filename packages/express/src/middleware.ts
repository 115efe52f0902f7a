import { createMount, type Hangup, type HangupOptions } from '@hangup/core'
import type { Application, NextFunction, Request, RequestHandler, Response } from 'express'
import { createErrorHandler } from './error-handler.ts'
import { extendRequest } from './extend-request.ts'
import { followHandlers } from './follow-handlers.ts'

/** The handle, which is the middleware too: `app.use(hang)`, before everything else. */
export interface ExpressHangup extends Hangup, RequestHandler {}

/**
 * A handle for Express 5. Checks every option now; throws what names the option, the value and the
 * remedy. Express does not run on HTTP/2.
 */
export function hangup(options?: HangupOptions): ExpressHangup {
  const { hangup: handle, usher } = createMount(options, { routeOf })
  const handleError = createErrorHandler(usher)
  const known = new WeakSet<Application>()

  /** What can only be done once there is an application, and after its routes have been added. */
  function prepare(app: Application): void {
    known.add(app)
    extendRequest(app)
    app.use(handleError)
  }

  function middleware(req: Request, res: Response, next: NextFunction): void {
    const exchange = usher.admit(req, res)
    if (exchange === undefined) return
    if (!known.has(req.app)) prepare(req.app)
    followHandlers(req.app)
    usher.run(exchange, next)
  }

  return Object.defineProperties(
    middleware,
    Object.getOwnPropertyDescriptors(handle),
  ) as ExpressHangup
}

function routeOf(req: object): string | undefined {
  const { route, baseUrl } = req as Partial<Request>
  return route === undefined ? undefined : `${baseUrl}${route.path}`
}
