import { optionError } from './errors.ts'
import type { Exchange } from './exchange.ts'
import type { ExchangeRecord } from './exchange-record.ts'
import { isThenable } from './is-thenable.ts'
import type { Request, Response } from './node-types.ts'
import { extendBareRequests, extendHttp2Request } from './request-properties.ts'
import type { Usher } from './usher.ts'

/** What a request has besides, in a handler for bare Node. */
export interface RequestExtras {
  readonly exchange: Exchange
  readonly signal: AbortSignal
}

const served = new WeakSet<object>()

/** Whether this listener begins an exchange for each of its requests by itself. */
export function isServed(listener: object): boolean {
  return served.has(listener)
}

/** A listener for `http`, `https` and `http2` around this handler. */
export function serveBare<Req extends Request, Res extends Response>(
  usher: Usher,
  fn: (req: Req & RequestExtras, res: Res) => unknown,
): (req: Req, res: Res) => void {
  if (typeof fn !== 'function') throw optionError('handler(fn)', 'a function', fn)
  extendBareRequests()
  const listener = (req: Req, res: Res): void => {
    const exchange = usher.admit(req, res)
    if (exchange === undefined) return
    if (exchange.isHttp2) extendHttp2Request(req)
    try {
      const result = usher.run(exchange, fn, req as Req & RequestExtras, res)
      if (isThenable(result)) follow(usher, exchange, result)
    } catch (error) {
      answerFailure(usher, exchange, error)
    }
  }
  served.add(listener)
  return listener
}

async function follow(
  usher: Usher,
  exchange: ExchangeRecord,
  result: PromiseLike<unknown>,
): Promise<void> {
  exchange.handlerStarted()
  try {
    await result
  } catch (error) {
    answerFailure(usher, exchange, error)
  } finally {
    exchange.handlerSettled()
  }
}

/** A listener of bare Node has no framework behind it: the answer is a plain 500. */
function answerFailure(usher: Usher, exchange: ExchangeRecord, error: unknown): void {
  const failure = usher.fail(exchange, error)
  if (failure === 'quiet') return
  if (failure === 'page') exchange.answer(500, 'Internal Server Error\n')
  usher.report(exchange, error)
}
