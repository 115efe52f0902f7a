/** Where in its life an exchange was: reading the request's body, at work, or sending the response. */
export type Phase = 'upload' | 'handler' | 'response'

/** nginx's word in an access log for a client that closed the request. */
export const CLIENT_GONE = 499

/**
 * Why a signal aborted: its client left; its deadline has passed, that of a shield included; the drain's
 * soft deadline has passed, for a shield the hard one.
 */
export type AbortCode = 'ERR_CLIENT_GONE' | 'ERR_DEADLINE' | 'ERR_DRAIN_DEADLINE'

/**
 * The reason of every signal that this package aborts.
 *
 * `status` is what an access log should say: 499 when the client left, 503 otherwise. `cause` is what
 * the socket or the stream said, where it said anything.
 */
export interface AbortReason extends Error {
  readonly name: 'AbortError' | 'TimeoutError'
  readonly code: AbortCode
  readonly phase: Phase
  readonly status: number
  readonly expose: false
}

// An ES module and a CommonJS copy of core can meet in one process: the mark is shared, a class is not.
const abortMark = Symbol.for('hangup.abort')

const MESSAGES: Record<AbortCode, string> = {
  ERR_CLIENT_GONE: 'The client left before the response was complete',
  ERR_DEADLINE: 'The deadline of this request has passed',
  ERR_DRAIN_DEADLINE: 'The server is closing and this request has had its time',
}

class AbortError extends Error implements AbortReason {
  override readonly name: 'AbortError' | 'TimeoutError'
  readonly code: AbortCode
  readonly phase: Phase
  readonly status: number
  readonly expose = false
  readonly [abortMark] = true

  constructor(code: AbortCode, phase: Phase, cause: unknown) {
    super(MESSAGES[code], cause === undefined ? undefined : { cause })
    this.name = code === 'ERR_DEADLINE' ? 'TimeoutError' : 'AbortError'
    this.code = code
    this.phase = phase
    this.status = code === 'ERR_CLIENT_GONE' ? CLIENT_GONE : 503
  }
}

export function abortReason(code: AbortCode, phase: Phase, cause?: unknown): AbortReason {
  return withoutStack(() => new AbortError(code, phase, cause))
}

/**
 * No code is at fault when a client leaves, and a stack costs five times what the rest does. Where `Error` is
 * frozen, as under `node --frozen-intrinsics`, there is one.
 */
export function withoutStack<E extends Error>(make: () => E): E {
  const { stackTraceLimit } = Error
  Reflect.set(Error, 'stackTraceLimit', 0)
  try {
    return make()
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
  }
}

/** Whether this very object was made by {@link abortReason}, in this or another copy of core. */
export function isAbortReason(value: unknown): value is AbortReason {
  return typeof value === 'object' && value !== null && abortMark in value
}

/** A wrong option or argument. Its message names it, says what it must be, and shows what it was. */
export interface OptionError extends TypeError {
  readonly code: 'ERR_HANGUP_OPTION'
}

/** For what a user gave us: names the option or argument, says what it must be and shows what it was. */
export function optionError(name: string, remedy: string, value: unknown): OptionError {
  const error = new TypeError(`${name} must be ${remedy}, got ${show(value)}`)
  return Object.assign(error, { code: 'ERR_HANGUP_OPTION' } as const)
}

export function unknownOption(name: string, value: unknown, known: readonly string[]): OptionError {
  const error = new TypeError(
    `${name} is not an option: remove it, or use ${known.length > 1 ? 'one of ' : ''}${known.join(', ')} (got ${show(value)})`,
  )
  return Object.assign(error, { code: 'ERR_HANGUP_OPTION' } as const)
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'function') return `a function${value.name ? ` "${value.name}"` : ''}`
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `an object (${value.constructor?.name ?? 'null prototype'})`
  return String(value)
}
