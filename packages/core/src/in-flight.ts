import type { Phase } from './errors.ts'
import type { ExchangeRecord } from './exchange-record.ts'

/** What an operator sees of an exchange that is in flight. */
export interface InFlight {
  readonly method: string
  readonly url: string
  readonly route?: string
  readonly ageMs: number
  readonly phase: Phase
  /** Its client has left, its handler still runs. */
  readonly isClientGone: boolean
}

export function inFlight(exchange: ExchangeRecord): InFlight {
  const { method, url, route, ageMs, phase, result } = exchange
  return {
    method,
    url,
    ...(route !== undefined && { route }),
    ageMs,
    phase,
    isClientGone: result?.by === 'client',
  }
}
