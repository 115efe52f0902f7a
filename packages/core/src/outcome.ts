import { performance } from 'node:perf_hooks'
import { CLIENT_GONE, type Phase } from './errors.ts'
import type { OpenResponse, Request } from './node-types.ts'

/** How an exchange ended. */
export interface Outcome {
  /**
   * `'flushed'`: the kernel took the whole response; nothing stronger can be known. `'aborted'`: it
   * was cut short. `'failed'`: the handler failed. `'hijacked'`: the handler took the response from its
   * framework, by `ctx.respond = false` or `reply.hijack()`, and it was flushed, or closed without a head.
   */
  readonly kind: 'flushed' | 'aborted' | 'failed' | 'hijacked'
  /** Who cut it short, where `kind` is `'aborted'`, or closed it without a head, where that is `'hijacked'`. */
  readonly by?: 'client' | 'deadline' | 'drain' | 'server'
  /** Where it was when it was cut short, failed, or ended in the hands of who had hijacked it. */
  readonly phase?: Phase
  /** What an access log should say: 499 where the client left before anything was committed. */
  readonly status: number
  /** Bytes of body that the kernel took; not those that a handler gave to HTTP/2's stream by itself. */
  readonly bytes: number
  /**
   * Milliseconds from the request's head to this outcome. Where a response was flushed and nobody had asked for the
   * exchange before: to when somebody did.
   */
  readonly ms: number
  /** What the handler failed with, or what the socket said. */
  readonly error?: unknown
}

/** How an exchange ends, whatever there is to count. */
export type Ending = Pick<Outcome, 'kind' | 'by' | 'error'>

/** What an exchange tells of itself when it ends. */
export interface Settling {
  readonly method: string
  readonly req: Request
  readonly res: OpenResponse
  readonly phase: Phase
  /** On the clock of `performance.now()`. */
  readonly began: number
  readonly connection: { readonly unsent: number } | undefined
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/**
 * @param answered the status that was answered in the handler's place
 * @param given bytes of body that Node was given
 */
export function outcomeOf(
  { kind, by, error }: Ending,
  exchange: Settling,
  answered: number | undefined,
  given: number,
): Outcome {
  const statusCode = answered ?? statusSent(exchange)
  const outcome: Writable<Outcome> = {
    kind,
    status: by === 'client' && !exchange.res.headersSent ? CLIENT_GONE : statusCode,
    bytes: hasBody(exchange, statusCode) ? given - notSent(exchange, kind, given) : 0,
    ms: performance.now() - exchange.began,
  }
  if (by !== undefined) outcome.by = by
  if (kind !== 'flushed') outcome.phase = exchange.phase
  if (error !== undefined) outcome.error = error
  return outcome
}

/** HTTP/2's stream may have been given another one by itself. */
function statusSent({ req, res }: Settling): number {
  const said = 'stream' in req ? req.stream.sentHeaders?.[':status'] : undefined
  return said === undefined ? res.statusCode : Number(said)
}

function hasBody({ method }: Settling, statusCode: number): boolean {
  return method !== 'HEAD' && statusCode !== 204 && statusCode !== 304
}

/** HTTP/1: what waited in Node when the socket failed. HTTP/2 counts what the stream has handed on. */
function notSent({ req, connection }: Settling, kind: Outcome['kind'], given: number): number {
  if (kind !== 'aborted' || 'stream' in req) return 0
  return Math.min(given, connection?.unsent ?? 0)
}
