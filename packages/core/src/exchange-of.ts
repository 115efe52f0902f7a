import { knownExchange } from './disconnect.ts'
import type { Exchange } from './exchange.ts'
import type { ExchangeRecord } from './exchange-record.ts'

/** The exchange that was begun for this request or response. */
export function exchangeOf(message: object): Exchange | undefined {
  return recordOf(message)?.share()
}

/** The same, for adapters, which ask it for no outcome. */
export function recordOf(message: object): ExchangeRecord | undefined {
  return knownExchange(message) as ExchangeRecord | undefined
}
