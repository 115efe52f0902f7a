import { type Exchange, exchangeOf, type Usher } from '@hangup/core'
import type Koa from 'koa'

const respondKey = Symbol('respond')

interface Taken extends Koa.Context {
  [respondKey]?: boolean
}

/**
 * Gives every context of this application `exchange` and `signal`, and lets core see each error before
 * Koa does: `ctx.onerror` is where all of them come, those of a stream body and of the socket too.
 */
export function extendContext(app: Koa, usher: Usher): void {
  const { onerror } = app.context
  Object.defineProperties(app.context, {
    exchange: {
      configurable: true,
      get(this: Koa.Context): Exchange | undefined {
        return exchangeOf(this.req)
      },
    },
    signal: {
      configurable: true,
      get(this: Koa.Context): AbortSignal | undefined {
        return exchangeOf(this.req)?.signal
      },
    },
    respond: {
      configurable: true,
      get(this: Taken): boolean | undefined {
        return this[respondKey]
      },
      set(this: Taken, value: boolean) {
        this[respondKey] = value
        if (value === false) exchangeOf(this.req)?.hijack()
      },
    },
    onerror: {
      configurable: true,
      writable: true,
      value(this: Koa.Context, error: unknown): void {
        const exchange = exchangeOf(this.req)
        if (error == null || exchange === undefined || usher.fail(exchange, error) !== 'quiet') {
          onerror.call(this, error as Error)
        }
      },
    },
  })
}
