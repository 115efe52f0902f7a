import { AsyncLocalStorage } from 'node:async_hooks'
import type { Exchange } from './exchange.ts'

// Shared by an ES module and a CommonJS copy of core in one process.
const storageKey = Symbol.for('hangup.context')

interface Shared {
  [storageKey]?: AsyncLocalStorage<Exchange>
}

const shared: typeof globalThis & Shared = globalThis
shared[storageKey] ??= new AsyncLocalStorage<Exchange>()
const storage = shared[storageKey]

export function runInContext<Args extends unknown[], T>(
  exchange: Exchange,
  fn: (...args: Args) => T,
  ...args: Args
): T {
  return storage.run(exchange, fn, ...args)
}

/** The exchange that the calling code works for. Needs the option `context: true`. */
export function currentExchange(): Exchange | undefined {
  return storage.getStore()
}

/** The signal of {@link currentExchange}: for code that nobody hands a request to. */
export function currentSignal(): AbortSignal | undefined {
  return storage.getStore()?.signal
}
