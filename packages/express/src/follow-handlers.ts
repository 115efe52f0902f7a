import { exchangeOf } from '@hangup/core'
import type { Application, NextFunction, Request, Response } from 'express'

interface Layer {
  handle: Handle
  readonly route?: { readonly stack: Layer[] }
}

interface Handle {
  (req: Request, res: Response, next: NextFunction): unknown
  readonly stack?: Layer[]
}

const followed = new WeakMap<Application, number>()
const wrapped = new WeakSet<Handle>()

/**
 * Lets the drain know when a handler's promise has settled, whatever became of its client. Express
 * tells nobody, and a middleware sees only what comes before the first `await`: so each handler of
 * the router's stack is wrapped, once. What it cannot see is a handler that goes on in callbacks: that
 * one is in flight until it calls `res.end()`.
 */
export function followHandlers(app: Application): void {
  const { stack } = app.router as unknown as { stack: Layer[] }
  if (followed.get(app) === stack.length) return
  followed.set(app, stack.length)
  wrapStack(stack)
}

function wrapStack(stack: readonly Layer[]): void {
  for (const layer of stack) {
    const { handle, route } = layer
    if (route !== undefined) wrapStack(route.stack)
    else if (handle.stack !== undefined) wrapStack(handle.stack)
    else if (handle.length < 4 && !wrapped.has(handle)) layer.handle = wrap(handle)
  }
}

function wrap(handle: Handle): Handle {
  const following: Handle = (req, res, next) => {
    const exchange = exchangeOf(req)
    exchange?.noteHead(res.getHeaderNames())
    const result = handle(req, res, next)
    if (result instanceof Promise) exchange?.follow(result)
    return result
  }
  wrapped.add(following)
  return following
}
