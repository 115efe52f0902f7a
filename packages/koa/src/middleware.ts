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

  async function middleware(ctx: Koa.Context, next: Koa.Next): Promise<void> {
    if (!known.has(ctx.app)) {
      known.add(ctx.app)
      extendContext(ctx.app, usher)
    }
    const exchange = usher.admit(ctx.req, ctx.res)
    if (exchange === undefined) {
      ctx.respond = false
      return
    }
    exchange.handlerStarted()
    try {
      await usher.run(exchange, next)
    } finally {
      exchange.handlerSettled()
    }
  }

  return Object.defineProperties(middleware, Object.getOwnPropertyDescriptors(handle)) as KoaHangup
}
