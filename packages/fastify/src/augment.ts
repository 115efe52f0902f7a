import type { Exchange, Hangup } from '@hangup/core'

declare module 'fastify' {
  interface FastifyInstance {
    readonly hangup: Hangup
  }
  interface FastifyRequest {
    readonly exchange: Exchange
  }
}
