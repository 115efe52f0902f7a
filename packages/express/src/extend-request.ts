import { type Exchange, exchangeOf } from '@hangup/core'
import type { Application } from 'express'

/**
 * Gives every request of this application its `exchange`; `signal` comes from core. Express's
 * `app.request` is the prototype of its requests, made to be extended.
 */
export function extendRequest(app: Application): void {
  Object.defineProperty(Reflect.get(app, 'request'), 'exchange', {
    configurable: true,
    get(): Exchange | undefined {
      return exchangeOf(this)
    },
  })
}
