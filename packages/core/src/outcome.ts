import type { Phase } from './errors.ts'

/** How an exchange ended. */
export interface Outcome {
  /**
   * `'flushed'`: the kernel took the whole response; nothing stronger can be known. `'aborted'`: it
   * was cut short. `'failed'`: the handler failed. `'hijacked'`: the handler took the socket.
   */
  readonly kind: 'flushed' | 'aborted' | 'failed' | 'hijacked'
  /** Who cut it short; only where `kind` is `'aborted'`. */
  readonly by?: 'client' | 'deadline' | 'drain' | 'server'
  /** Where it was when it was cut short or failed. */
  readonly phase?: Phase
  /** What an access log should say: 499 where the client left before anything was committed. */
  readonly status: number
  /** Bytes of body that the kernel took. */
  readonly bytes: number
  /** Milliseconds from the request's head to this outcome. */
  readonly ms: number
  /** What the handler failed with, or what the socket said. */
  readonly error?: unknown
}
