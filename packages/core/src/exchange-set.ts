import type { ExchangeRecord } from './exchange-record.ts'

/** The exchanges in flight: those without an outcome, and those whose handlers have not settled. */
export interface ExchangeSet extends Iterable<ExchangeRecord> {
  readonly size: number
  add(exchange: ExchangeRecord): void
  delete(exchange: ExchangeRecord): void
  /**
   * Its outcome is known, its handler still runs. From here on it is held weakly: a handler that gave up
   * in silence (in callbacks, or on a promise that nobody settles) is over when it is forgotten.
   */
  loosen(exchange: ExchangeRecord): void
}

export function createExchangeSet(): ExchangeSet {
  const held = new Set<ExchangeRecord>()
  const loose = new Set<WeakRef<ExchangeRecord>>()
  const refs = new WeakMap<ExchangeRecord, WeakRef<ExchangeRecord>>()
  const forgotten = new FinalizationRegistry<WeakRef<ExchangeRecord>>((ref) => loose.delete(ref))

  return {
    get size() {
      return held.size + loose.size
    },
    *[Symbol.iterator]() {
      yield* held
      for (const ref of loose) {
        const exchange = ref.deref()
        if (exchange !== undefined) yield exchange
      }
    },
    add(exchange) {
      held.add(exchange)
    },
    delete(exchange) {
      if (held.delete(exchange)) return
      const ref = refs.get(exchange)
      if (ref !== undefined) loose.delete(ref)
    },
    loosen(exchange) {
      if (!held.delete(exchange)) return
      const ref = new WeakRef(exchange)
      loose.add(ref)
      refs.set(exchange, ref)
      forgotten.register(exchange, ref)
    },
  }
}
