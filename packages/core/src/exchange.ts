import type { Phase } from './errors.ts'
import type { Outcome } from './outcome.ts'
import type { ShieldOptions } from './work.ts'

/** One request with its response. */
export interface Exchange {
  /** As it came. */
  readonly method: string
  /** As it came, whatever routers make of `req.url`. */
  readonly url: string
  /** The pattern that matched, where the framework knows it. */
  readonly route: string | undefined
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Where it is now, or was when it was cut short. */
  readonly phase: Phase
  /** Set it to `'ignore'` to let this exchange's signal outlive its client. */
  clientAbort: 'signal' | 'ignore'
  /**
   * Aborts once: when the client leaves before its response is complete, when the deadline passes, or
   * at the drain's soft deadline. Built when it is first read; read late, it tells the same.
   */
  readonly signal: AbortSignal
  /** Settles exactly once and never rejects. */
  readonly outcome: Promise<Outcome>
  /**
   * Runs `fn` with a signal that ignores the client's leaving and aborts only at the drain's hard
   * deadline, or after `timeoutMs`. The drain waits for it. Gives back what `fn` gives. Rejects with
   * `ERR_HANGUP_OPTION` where it is given no function, or an option that it has not.
   */
  shield<T>(fn: (signal: AbortSignal) => T | PromiseLike<T>, options?: ShieldOptions): Promise<T>
  /**
   * Work that outlives the response: the drain waits for it; a rejection is reported once, unless it is
   * this exchange's own abort. Throws `ERR_HANGUP_OPTION` where it is given no promise.
   */
  waitUntil(promise: PromiseLike<unknown>, label?: string): void
  /** Sets or moves this exchange's deadline, in milliseconds from now; 0 takes it away. */
  deadline(ms: number): void
}
