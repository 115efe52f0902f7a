import type { Exchange } from '@hangup/core'

declare global {
  namespace Express {
    interface Request {
      /** This request with its response: its signal, its outcome, and what a drain waits for. */
      readonly exchange: Exchange
      /** Aborts when the client leaves before its response is complete. */
      readonly signal: AbortSignal
    }
  }
}
