import { type Exchange, exchangeOf, recordOf, type Usher } from '@hangup/core'
import type Koa from 'koa'

const respondKey = Symbol('respond')

/** Over HTTP/2 Koa takes the response to a HEAD for unwritable, and would leave it open. */
const WRITABLE: PropertyDescriptor = { configurable: true, value: true }

interface Taken extends Koa.Context {
  [respondKey]?: boolean
}

/**
 * Gives every context of this application `exchange` and `signal`, and lets core see each error before
 * Koa does: `ctx.onerror` is where all of them come, those of a stream body and of the socket too.
 */
export function extendContext(app: Koa, usher: Usher): void {
  const { onerror } = app.context
  const told = new WeakMap<object, unknown>()
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
        return recordOf(this.req)?.signal
      },
    },
    respond: {
      configurable: true,
      get(this: Taken): boolean | undefined {
        return this[respondKey]
      },
      set(this: Taken, value: boolean) {
        this[respondKey] = value
        if (value === false) recordOf(this.req)?.hijack()
      },
    },
    onerror: {
      configurable: true,
      writable: true,
      value(this: Koa.Context, error: unknown): void {
        // Koa calls it at the end of every response, with nothing.
        if (error == null) return
        // Koa tells of a body that failed twice: its stream does, and the pipeline that it is in.
        if (told.get(this) === error) return
        told.set(this, error)
        const exchange = recordOf(this.req)
        if (exchange === undefined) {
          onerror.call(this, error as Error)
          return
        }
        const failure = usher.fail(exchange, error)
        if (failure === 'quiet') return
        if (failure === 'page') Object.defineProperty(this, 'writable', WRITABLE)
        onerror.call(this, error as Error)
      },
    },
  })
}
