import { type Exchange, type ExchangeRecord, recordOf } from '@hangup/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/**
 * Gives every request `exchange`, and a `signal` in place of Fastify's: that one aborts as soon as the
 * body of a POST has been read, and never after it (Fastify 5.12).
 */
export function decorateExchange(app: FastifyInstance): void {
  app.decorateRequest('exchange', {
    getter(this: FastifyRequest): Exchange {
      return known(this).share()
    },
  })
  app.decorateRequest('signal', {
    getter(this: FastifyRequest) {
      return known(this).signal
    },
  })
  app.decorateReply('hijack', function hijack(this: FastifyReply): FastifyReply {
    recordOf(this.raw)?.hijack()
    return fastifyMethod(this, 'hijack').call(this)
  })
  let header: FastifyReply['header'] | undefined
  app.decorateReply('header', function noteHeader(this: FastifyReply, ...args: [string, unknown]) {
    const exchange = recordOf(this.raw)
    if (exchange !== undefined) exchange.hasHeaders = true
    header ??= fastifyMethod(this, 'header')
    return header.apply(this, args)
  })
}

export function routeOf(request: object): string | undefined {
  return (request as Partial<FastifyRequest>).routeOptions?.url
}

function known(request: FastifyRequest): ExchangeRecord {
  const exchange = recordOf(request.raw)
  if (exchange !== undefined) return exchange
  throw new Error(
    'request.exchange was read before the onRequest hook of @hangup/fastify: register it first',
  )
}

/** Fastify's own, further up the chain of prototypes than the one above. */
function fastifyMethod<Name extends 'hijack' | 'header'>(
  reply: FastifyReply,
  name: Name,
): FastifyReply[Name] {
  let owner: object = reply
  let isOurs = true
  while (isOurs) {
    owner = Object.getPrototypeOf(owner)
    isOurs = !Object.hasOwn(owner, name)
  }
  return Reflect.get(Object.getPrototypeOf(owner), name)
}
