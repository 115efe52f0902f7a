import type { Exchange } from '@hangup/core'

declare module 'koa' {
  interface ExtendableContext {
    /** This request with its response: its signal, its outcome, and what a drain waits for. */
    readonly exchange: Exchange
    /** Aborts when the client leaves before its response is complete. */
    readonly signal: AbortSignal
  }
}
