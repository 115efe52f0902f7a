import { recordOf } from '@hangup/core'
import type { Application, ErrorRequestHandler, RequestHandler } from 'express'
import type { NoteError } from './error-handler.ts'

export interface Layer {
  handle: (RequestHandler | ErrorRequestHandler) & { readonly stack?: Layer[] }
  readonly route?: { readonly stack: Layer[] }
}

const wrapped = new WeakSet<Layer['handle']>()

/**
 * Wraps each handler of the application's router, once. Express tells nobody when a handler's promise
 * has settled, and a middleware sees only what comes before the first `await`; and its error handlers
 * must not make their page on top of the one that failed, nor hear of clients that left.
 *
 * What this cannot see is a handler that goes on in callbacks: it is in flight until it ends its response.
 */
export function followHandlers(stack: readonly Layer[], note: NoteError): void {
  for (const layer of stack) {
    const { handle, route } = layer
    if (route !== undefined) followHandlers(route.stack, note)
    else if (handle.stack !== undefined) followHandlers(handle.stack, note)
    else if (!wrapped.has(handle)) layer.handle = wrap(handle, note)
  }
}

export function stackOf(app: Application): readonly Layer[] {
  const { stack }: Application['router'] & { readonly stack?: readonly Layer[] } = routerOf(app)
  return stack ?? []
}

/** Express 4 has a getter there that throws. */
function routerOf(app: Application): Application['router'] {
  try {
    return app.router
  } catch (cause) {
    const message = '@hangup/express is for Express 5, and this is an older one: install express@5'
    throw new Error(message, { cause })
  }
}

/** Express tells an error handler by its four parameters. */
function wrap(handle: Layer['handle'], note: NoteError): Layer['handle'] {
  const following = isErrorHandler(handle) ? wrapErrorHandler(handle, note) : wrapHandler(handle)
  wrapped.add(following)
  return following
}

function isErrorHandler(handle: Layer['handle']): handle is ErrorRequestHandler {
  return handle.length > 3
}

function wrapErrorHandler(handle: ErrorRequestHandler, note: NoteError): ErrorRequestHandler {
  return (error, req, res, next) => (note(error, req) ? handle(error, req, res, next) : undefined)
}

function wrapHandler(handle: RequestHandler): RequestHandler {
  return (req, res, next) => {
    const exchange = recordOf(req)
    exchange?.noteHead(res.getHeaderNames())
    const result: unknown = handle(req, res, next)
    if (result instanceof Promise) exchange?.follow(result)
    return result as ReturnType<RequestHandler>
  }
}
