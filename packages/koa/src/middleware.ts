import { createMount, type Hangup, type HangupOptions } from '@hangup/core'
import type Koa from 'koa'
import { extendContext } from './extend-context.ts'

/** The handle, which is the middleware too: `app.use(hang)`, before everything else. */
export interface KoaHangup extends Hangup {
  (ctx: Koa.Context, next: Koa.Next): Promise<void>
}

/**
 * A handle for Koa 3, on HTTP/1 and HTTP/2. Checks every option now; throws what names the option, the
 * value and the remedy.
 */
export function hangup(options?: HangupOptions): KoaHangup {
  const { hangup: handle, usher } = createMount(options)
  const known = new WeakSet<Koa>()
  let last: Koa | undefined

  function meet(app: Koa): void {
    last = app
    if (known.has(app)) return
    known.add(app)
    extendContext(app, usher)
  }

  function middleware(ctx: Koa.Context, next: Koa.Next): Promise<void> {
    if (ctx.app !== last) meet(ctx.app)
    const exchange = usher.admit(ctx.req, ctx.res)
    if (exchange === undefined) {
      ctx.respond = false
      return Promise.resolve()
    }
    exchange.handlerStarted()
    // Koa's `next` never throws. By `then`: an async function costs each request more.
    const done: Promise<void> = usher.run(exchange, next)
    const settled = () => exchange.handlerSettled()
    done.then(settled, settled)
    return done
  }

  return Object.defineProperties(middleware, Object.getOwnPropertyDescriptors(handle)) as KoaHangup
}
