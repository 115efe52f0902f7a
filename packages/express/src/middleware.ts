import type { Server } from 'node:net'
import { createMount, type Hangup, type HangupOptions } from '@hangup/core'
import type { Application, NextFunction, Request, RequestHandler, Response } from 'express'
import { createNoteError, lastErrorHandler } from './error-handler.ts'
import { extendRequest } from './extend-request.ts'
import { followHandlers, type Layer, stackOf } from './follow-handlers.ts'
import { learnRouteKey, reserveProperties } from './reserve-properties.ts'

/** The handle, which is the middleware too: `app.use(hang)`, before everything else. */
export interface ExpressHangup extends Hangup, RequestHandler {}

/**
 * A handle for Express 5. Checks every option now; throws what names the option, the value and the
 * remedy. Express does not run on HTTP/2.
 */
export function hangup(options?: HangupOptions): ExpressHangup {
  const { hangup: handle, usher } = createMount(options, { routeOf })
  const noteError = createNoteError(usher)
  /** Applications by the length of their stack when it was last gone through. */
  const known = new WeakMap<Application, number>()
  let lastApp: Application | undefined
  let lastLength = 0

  /** What can only be done once there is an application, and after its routes have been added. */
  function prepare(req: Request): void {
    const { app } = req
    const stack = stackOf(app)
    if (app === lastApp && stack.length === lastLength) return
    if (!known.has(app)) learnRouteKey(req)
    follow(app, stack)
    lastApp = app
    lastLength = stack.length
  }

  function follow(app: Application, stack: readonly Layer[]): void {
    if (known.get(app) === stack.length) return
    if (!known.has(app)) {
      extendRequest(app)
      app.use(lastErrorHandler)
    }
    followHandlers(stack, noteError)
    known.set(app, stack.length)
  }

  function middleware(req: Request, res: Response, next: NextFunction): void {
    const exchange = usher.admit(req, res)
    if (exchange === undefined) return
    prepare(req)
    usher.run<[], void>(exchange, next)
    // The request is in a mounted application by now: it is known from the next request on.
    prepare(req)
  }

  function attach<S extends Server>(server: S): S {
    handle.attach(server)
    reserveProperties(server)
    return server
  }

  Object.defineProperties(middleware, Object.getOwnPropertyDescriptors(handle))
  return Object.assign(middleware as ExpressHangup, { attach })
}

function routeOf(req: object): string | undefined {
  const { route, baseUrl } = req as Partial<Request>
  return route === undefined ? undefined : `${baseUrl}${route.path}`
}
