import type { Known } from './in-flight.ts'
import { createStragglerSet, type Hold, Straggler } from './stragglers.ts'

/** The exchanges in flight. Goes through those that have no outcome yet, oldest first. */
export interface ExchangeSet<T> extends Iterable<T> {
  /** Of these, and of those whose handlers have not settled. */
  readonly size: number
  /** What is known of them all. */
  known(): Iterable<Known>
  add(exchange: T): void
  delete(exchange: T): void
  /** Its outcome is known, its handler still runs. */
  loosen(exchange: T): void
}

/** A place in the list of open exchanges: a `Set` costs each request twice as much. */
export interface Listed<T extends object> extends Known {
  older: T | undefined
  newer: T | undefined
  isListed: boolean
  /** On what is left of it once its outcome is known. */
  hold: Hold | undefined
  readonly began: number
}

/** @param changed called when a handler has been forgotten. */
export function createExchangeSet<T extends Listed<T>>(changed: () => void): ExchangeSet<T> {
  let oldest: T | undefined
  let newest: T | undefined
  let open = 0
  const stragglers = createStragglerSet(changed)

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
    open--
    return true
  }

  /** As they are now: they may leave while they are gone through. */
  function listed(): T[] {
    const all: T[] = []
    for (let next = oldest; next !== undefined; next = next.newer) all.push(next)
    return all
  }

  return {
    get size() {
      return open + stragglers.size
    },
    [Symbol.iterator]: () => listed().values(),
    known: () => [...listed(), ...stragglers],
    add(exchange) {
      exchange.older = newest
      exchange.isListed = true
      if (newest === undefined) oldest = exchange
      else newest.newer = exchange
      newest = exchange
      open++
    },
    delete(exchange) {
      if (exchange.hold !== undefined) stragglers.delete(exchange.hold)
      else unlist(exchange)
    },
    loosen(exchange) {
      if (unlist(exchange)) exchange.hold = stragglers.add(new Straggler(exchange))
    },
  }
}
