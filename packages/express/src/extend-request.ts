import { type Exchange, exchangeOf } from '@hangup/core'
import type { Application } from 'express'

/**
 * Gives every request of this application `exchange` and `signal`. Express's `app.request` is the
 * prototype of its requests, made to be extended; Node's own `req.signal` stands further up and is shadowed.
 */
export function extendRequest(app: Application): void {
  Object.defineProperties(Reflect.get(app, 'request'), {
    exchange: {
      configurable: true,
      get(): Exchange | undefined {
        return exchangeOf(this)
      },
    },
    signal: {
      configurable: true,
      get(): AbortSignal | undefined {
        return exchangeOf(this)?.signal
      },
    },
  })
}
