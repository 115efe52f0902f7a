/** The exchanges in flight: those without an outcome, and those whose handlers have not settled. */
export interface ExchangeSet<T> extends Iterable<T> {
  readonly size: number
  add(exchange: T): void
  delete(exchange: T): void
  /**
   * Its outcome is known, its handler still runs. Soon it is held weakly: a handler that gave up in
   * silence (in callbacks, or on a promise that nobody settles) is over when it is forgotten.
   */
  loosen(exchange: T): void
}

/** A place in the list of held exchanges: a `Set` costs each request twice as much. */
export interface Listed<T extends object> {
  older: T | undefined
  newer: T | undefined
  isListed: boolean
  isLeaving: boolean
  /** What holds it, once it is held weakly. */
  ref: WeakRef<T> | undefined
}

/** Nearly every handler settles within it, and a weak reference costs more than the whole request. */
const LOOSEN_AFTER_MS = 100

export function createExchangeSet<T extends Listed<T>>(): ExchangeSet<T> {
  let oldest: T | undefined
  let newest: T | undefined
  let held = 0
  const loose = new Set<WeakRef<T>>()
  let isWaiting = false
  const forgotten = new FinalizationRegistry<WeakRef<T>>((ref) => loose.delete(ref))

  function unlist(exchange: T): boolean {
    if (!exchange.isListed) return false
    const { older, newer } = exchange
    if (older === undefined) oldest = newer
    else older.newer = newer
    if (newer === undefined) newest = older
    else newer.older = older
    exchange.older = undefined
    exchange.newer = undefined
    exchange.isListed = false
    held--
    return true
  }

  function loosen(exchange: T): void {
    if (!unlist(exchange)) return
    const ref = new WeakRef(exchange)
    loose.add(ref)
    exchange.ref = ref
    forgotten.register(exchange, ref)
  }

  function loosenAll(): void {
    isWaiting = false
    for (let next = oldest; next !== undefined; ) {
      const exchange = next
      next = exchange.newer
      if (exchange.isLeaving) loosen(exchange)
    }
  }

  return {
    get size() {
      return held + loose.size
    },
    /** All that are there now, oldest first: they may leave while they are gone through. */
    [Symbol.iterator]() {
      const all: T[] = []
      for (let next = oldest; next !== undefined; next = next.newer) all.push(next)
      for (const ref of loose) {
        const exchange = ref.deref()
        if (exchange !== undefined) all.push(exchange)
      }
      return all.values()
    },
    add(exchange) {
      exchange.older = newest
      exchange.isListed = true
      if (newest === undefined) oldest = exchange
      else newest.newer = exchange
      newest = exchange
      held++
    },
    delete(exchange) {
      if (unlist(exchange)) return
      if (exchange.ref !== undefined) loose.delete(exchange.ref)
    },
    loosen(exchange) {
      if (!exchange.isListed) return
      exchange.isLeaving = true
      if (isWaiting) return
      isWaiting = true
      setTimeout(loosenAll, LOOSEN_AFTER_MS).unref()
    },
  }
}
