import { type ExchangeRecord, recordOf, type Usher } from '@hangup/core'
import {
  errorCodes,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteOptions,
} from 'fastify'

/**
 * Wraps a route's handler, so that the drain knows when it has settled and an abort ends here: to
 * Fastify the same rejection is a 500 with an error line.
 */
export function followHandler(app: FastifyInstance, route: RouteOptions, usher: Usher): void {
  const { handler } = route
  const timeoutMs = route.handlerTimeout ?? Reflect.get(app.initialConfig, 'handlerTimeout') ?? 0

  route.handler = function following(request, reply) {
    // @fastify/websocket calls the handler of a route with `websocket: true` with a socket and the request.
    const { raw }: { raw?: FastifyRequest['raw'] } = request
    const exchange = raw === undefined ? undefined : recordOf(raw)
    if (exchange === undefined) return handler.call(this, request, reply)
    // Asking a reply for its headers copies them: 0.5 µs of each request, most of which have none yet.
    if (exchange.hasHeaders) exchange.noteHead(Object.keys(reply.getHeaders()))
    else exchange.noteHead(reply.raw.getHeaderNames())
    const timer = timeoutMs > 0 ? startTimer(exchange, reply, timeoutMs) : undefined
    try {
      const result: unknown = handler.call(this, request, reply)
      return isThenable(result) ? settle(usher, exchange, reply, result, timer) : result
    } catch (error) {
      clearTimeout(timer)
      if (usher.fail(exchange, error) !== 'quiet') throw error
      reply.hijack()
      return undefined
    }
  }
}

/** By `then`: an async function costs each request more. */
function settle(
  usher: Usher,
  exchange: ExchangeRecord,
  reply: FastifyReply,
  result: PromiseLike<unknown>,
  timer: NodeJS.Timeout | undefined,
): PromiseLike<unknown> {
  exchange.handlerStarted()
  return result.then(
    (value) => {
      clearTimeout(timer)
      exchange.handlerSettled()
      return value
    },
    (error: unknown) => {
      clearTimeout(timer)
      const failure = usher.fail(exchange, error)
      exchange.handlerSettled()
      if (failure !== 'quiet') throw error
      reply.hijack()
      return undefined
    },
  )
}

/** Fastify stops its own timer when the body of a POST has been read, and it does not know our signal. */
function startTimer(
  exchange: ExchangeRecord,
  reply: FastifyReply,
  timeoutMs: number,
): NodeJS.Timeout {
  return setTimeout(() => {
    if (exchange.ended?.kind === 'flushed' && reply.statusCode !== 503) return
    const error = new errorCodes.FST_ERR_HANDLER_TIMEOUT(timeoutMs, reply.routeOptions.url)
    exchange.abort(error)
    if (!reply.sent && !reply.raw.headersSent) reply.send(error)
  }, timeoutMs - exchange.ageMs).unref()
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function'
  )
}
