import { recordOf, type Usher } from '@hangup/core'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** The status that an access log gives to a client that left: Fastify logs it as information. */
const CLIENT_GONE = 499

/** Comes before Fastify's error handlers: they make the error page, and log by its status. */
export function noteError(
  usher: Usher,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): void {
  const exchange = recordOf(request.raw)
  if (exchange === undefined) return
  const failure = usher.fail(exchange, error)
  if (failure === 'quiet') reply.code(CLIENT_GONE)
  // Fastify has aborted its own signal by now, and is about to answer.
  if (isHandlerTimeout(error)) exchange.abort(error)
  if (failure === 'page') exchange.clearPage(reply)
  if (failure === 'report' && reply.statusCode === CLIENT_GONE) reply.code(500)
}

function isHandlerTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'FST_ERR_HANDLER_TIMEOUT'
}
