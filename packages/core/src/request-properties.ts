import { IncomingMessage } from 'node:http'
import { recordOf } from './exchange-of.ts'
import type { ExchangeRecord } from './exchange-record.ts'
import type { Request } from './node-types.ts'

type Name = 'signal' | 'exchange'

/** On the getters of this and of other copies of core. */
const mark = Symbol.for('hangup.property')

const getters: Readonly<Record<Name, (exchange: ExchangeRecord) => unknown>> = {
  signal: (exchange) => exchange.signal,
  exchange: (exchange) => exchange.share(),
}

/**
 * Gives `req.signal` to the requests that have an exchange, and leaves all others as they are. Newer
 * Nodes have a `req.signal` on this prototype, configurable, which some of them abort in the middle of
 * a healthy POST (24.16 to 24.19, 26.1 to 26.6); it stays what it is for requests of other servers.
 *
 * Here it costs a request nothing; as a property of each request it costs 250 ns.
 */
export function extendRequests(): void {
  extend(IncomingMessage.prototype, 'signal')
}

/** The same for `req.exchange`, which only bare Node's requests have: frameworks have it on their own. */
export function extendBareRequests(): void {
  extend(IncomingMessage.prototype, 'exchange')
}

let lastPrototype: object | undefined

/** For HTTP/2, whose requests have a prototype of their own, or one that the server was given. */
export function extendHttp2Request(req: Request): void {
  const prototype: object = Object.getPrototypeOf(req)
  if (prototype === lastPrototype) return
  lastPrototype = prototype
  extend(prototype, 'signal')
  extend(prototype, 'exchange')
}

function extend(prototype: object, name: Name): void {
  const native = Object.getOwnPropertyDescriptor(prototype, name)
  if (native?.get !== undefined && mark in native.get) return
  Object.defineProperty(prototype, name, propertyOf(name, native?.get))
}

function propertyOf(name: Name, native: (() => unknown) | undefined): PropertyDescriptor {
  const read = getters[name]
  function get(this: object): unknown {
    const exchange = recordOf(this)
    return exchange === undefined ? native?.call(this) : read(exchange)
  }
  function set(this: object, value: unknown): void {
    Object.defineProperty(this, name, {
      configurable: true,
      enumerable: true,
      writable: true,
      value,
    })
  }
  return { configurable: true, get: Object.assign(get, { [mark]: true }), set }
}
