import type { Exchange } from '@hangup/core'

declare module 'koa' {
  interface ExtendableContext {
    readonly exchange: Exchange
    /** Aborts when the client leaves before its response is complete. */
    readonly signal: AbortSignal
  }
}
