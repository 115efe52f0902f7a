import { knownExchange } from './disconnect.ts'
import type { ExchangeRecord } from './exchange-record.ts'

/** The exchange that was begun for this request or response. For adapters. */
export function exchangeOf(message: object): ExchangeRecord | undefined {
  return knownExchange(message) as ExchangeRecord | undefined
}
