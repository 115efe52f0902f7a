import { AsyncLocalStorage } from 'node:async_hooks'
import type { Exchange } from './exchange.ts'
import type { ExchangeRecord } from './exchange-record.ts'

// Shared by an ES module and a CommonJS copy of core in one process.
const storageKey = Symbol.for('hangup.context')

interface Shared {
  [storageKey]?: AsyncLocalStorage<ExchangeRecord>
}

const shared: typeof globalThis & Shared = globalThis
shared[storageKey] ??= new AsyncLocalStorage<ExchangeRecord>()
const storage = shared[storageKey]

export function runInContext<Args extends unknown[], T>(
  exchange: ExchangeRecord,
  fn: (...args: Args) => T,
  ...args: Args
): T {
  return storage.run(exchange, fn, ...args)
}

/** The exchange that the calling code works for. Needs the option `context: true`. */
export function currentExchange(): Exchange | undefined {
  return storage.getStore()?.share()
}

/** The signal of {@link currentExchange}: for code that nobody hands a request to. */
export function currentSignal(): AbortSignal | undefined {
  return storage.getStore()?.signal
}
