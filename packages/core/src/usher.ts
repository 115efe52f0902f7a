import type { ExchangeRecord, Failure } from './exchange-record.ts'
import type { Request, Response } from './node-types.ts'

/** What serves requests on behalf of a handle: for adapters, and for bare Node. */
export interface Usher {
  /**
   * Begins the exchange, or finds the one begun already. `undefined` where no handler is to run: for a
   * probe, which is answered here, and for a request that came too late in a drain.
   */
  admit(req: Request, res: Response): ExchangeRecord | undefined
  /** Runs the rest of the request, in the exchange's context where the option `context` asks for it. */
  run<Args extends unknown[], T>(
    exchange: ExchangeRecord,
    fn: (...args: Args) => T,
    ...args: Args
  ): T
  /** The handler threw or rejected: tells what is left for the adapter to do. */
  fail(exchange: ExchangeRecord, error: unknown): Failure
  /** For an error that no framework takes: goes to the logger, once. */
  report(exchange: ExchangeRecord, error: unknown): void
}
