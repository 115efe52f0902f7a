import type { Known } from './in-flight.ts'
import { createStragglerSet, type Hold, Straggler, type StragglerSet } from './stragglers.ts'

/** A place in the list of open exchanges: a `Set` costs each request twice as much. */
export interface Listed<T extends object> extends Known {
  older: T | undefined
  newer: T | undefined
  isListed: boolean
  /** On what is left of it once its outcome is known. */
  hold: Hold | undefined
  readonly began: number
}

/**
 * The exchanges in flight. Goes through those that have no outcome yet, oldest first.
 *
 * This is a class because each request calls it twice: an object literal with a getter is a dictionary to V8,
 * and each call of its methods a look-up.
 */
export class ExchangeSet<T extends Listed<T>> implements Iterable<T> {
  private oldest: T | undefined = undefined
  private newest: T | undefined = undefined
  private open = 0
  private readonly stragglers: StragglerSet

  /** @param changed called when a handler has been forgotten. */
  constructor(changed: () => void) {
    this.stragglers = createStragglerSet(changed)
  }

  /** Of these, and of those whose handlers have not settled. */
  get size(): number {
    return this.open + this.stragglers.size
  }

  [Symbol.iterator](): Iterator<T> {
    return this.listed().values()
  }

  /** What is known of them all. */
  known(): Iterable<Known> {
    return [...this.listed(), ...this.stragglers]
  }

  add(exchange: T): void {
    exchange.older = this.newest
    exchange.isListed = true
    if (this.newest === undefined) this.oldest = exchange
    else this.newest.newer = exchange
    this.newest = exchange
    this.open++
  }

  delete(exchange: T): void {
    if (exchange.hold !== undefined) this.stragglers.delete(exchange.hold)
    else this.unlist(exchange)
  }

  /** Its outcome is known, its handler still runs. */
  loosen(exchange: T): void {
    if (this.unlist(exchange)) exchange.hold = this.stragglers.add(new Straggler(exchange))
  }

  private unlist(exchange: T): boolean {
    if (!exchange.isListed) return false
    const { older, newer } = exchange
    if (older === undefined) this.oldest = newer
    else older.newer = newer
    if (newer === undefined) this.newest = older
    else newer.older = older
    exchange.older = undefined
    exchange.newer = undefined
    exchange.isListed = false
    this.open--
    return true
  }

  /** As they are now: they may leave while they are gone through. */
  private listed(): T[] {
    const all: T[] = []
    for (let next = this.oldest; next !== undefined; next = next.newer) all.push(next)
    return all
  }
}
