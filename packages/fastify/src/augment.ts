import type { Exchange, Hangup } from '@hangup/core'

declare module 'fastify' {
  interface FastifyInstance {
    /** The handle. There is nothing to attach: `listen` does it, and `app.close()` drains. */
    readonly hangup: Hangup
  }
  interface FastifyRequest {
    /** This request with its response: its signal, its outcome, and what a drain waits for. */
    readonly exchange: Exchange
  }
}
