import type { Exchange } from '@hangup/core'

declare global {
  namespace Express {
    interface Request {
      readonly exchange: Exchange
      /** Aborts when the client leaves before its response is complete. */
      readonly signal: AbortSignal
    }
  }
}
