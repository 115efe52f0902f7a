import { isAbortReason } from './errors.ts'

/** How far down a chain of causes is looked. A longer one is a circle. */
const DEEPEST = 8

/**
 * Whether this error is an exchange's own abort: its signal's reason, or caused by it. Timers, `fs`,
 * streams and `events.once` reject with an AbortError whose `cause` is the reason, `fetch` with the
 * reason itself. Never by name alone: an AbortError of somebody else's is an error like any other.
 *
 * Without `exchange`, whether it is the abort of any exchange.
 */
export function isAbort(error: unknown, exchange?: { readonly signal: AbortSignal }): boolean {
  const isOurs =
    exchange === undefined ? isAbortReason : (value: unknown) => isReasonOf(exchange, value)
  let link = error
  for (let depth = 0; depth < DEEPEST && link !== undefined; depth++) {
    if (isOurs(link)) return true
    link = typeof link === 'object' && link !== null && 'cause' in link ? link.cause : undefined
  }
  return false
}

function isReasonOf(exchange: { readonly signal: AbortSignal }, value: unknown): boolean {
  return exchange.signal.aborted && value === exchange.signal.reason
}
