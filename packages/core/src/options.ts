import { constants } from 'node:os'
import { duration } from './duration.ts'
import { optionError, unknownOption } from './errors.ts'
import type { Exchange } from './exchange.ts'
import { guardLogger, type Logger } from './logger.ts'
import { onlyKnown, unknownKey } from './only-known.ts'
import type { Outcome } from './outcome.ts'
import type { DrainReport, PhaseName } from './report.ts'

/** How much of a response is held, and for how long. */
export interface BufferOptions {
  /** Bytes of body held back before the response is committed. Default 65,536. */
  maxBytes?: number
  /** Milliseconds after the first held byte at which it goes out all the same. Default 250. */
  maxDelayMs?: number
}

/** Time limits of a drain, in milliseconds. With the defaults it is over within 29 s. */
export interface DrainOptions {
  /** Time for which readiness says 503 while everything is still served. Default 0. */
  unreadyMs?: number
  /**
   * Time that requests have to finish by themselves, counted from the end of `unreadyMs`; a TLS handshake under way
   * has a quarter of it. Default 20,000.
   */
  graceMs?: number
  /** Time between the aborted signals and the destroyed sockets. Default 3,000. */
  abortMs?: number
  /** Time for all clean-up functions together. Default 5,000. */
  closeMs?: number
  /** Time for which an idle keep-alive connection still answers what arrives. Default 1,000. */
  idleGraceMs?: number
}

/** Paths of the probes that are answered before any middleware. One that is left out is not answered. */
export interface HealthOptions {
  /** Path that says 200 for as long as the process can answer; under `health: true` `/livez`. */
  live?: string
  /** Path that says 200 while serving and 503 from the start of a drain; under `health: true` `/readyz`. */
  ready?: string
}

/** All optional, all checked when given: a wrong one throws `ERR_HANGUP_OPTION`. Durations are milliseconds. */
export interface HangupOptions {
  /** What a client's leaving does to the signal. Default `'signal'`; `'ignore'` never aborts for it. */
  clientAbort?: 'signal' | 'ignore'
  /** Whether a client that only shuts its writing side has left. Default `'abort'`. */
  halfClose?: 'abort' | 'respond'
  /** How much of a response is held back so that a failure can still be a clean error. */
  buffer?: BufferOptions | false
  /** Milliseconds that a request may take before its signal aborts. Default 0: no deadline. */
  deadlineMs?: number
  /** Whether `currentExchange()` and `currentSignal()` work, by AsyncLocalStorage. Default false. */
  context?: boolean
  /** The time limits of a drain, in milliseconds each. */
  drain?: DrainOptions
  /** Signals that start the drain. Default `['SIGTERM', 'SIGINT']`. */
  signals?: readonly NodeJS.Signals[] | false
  /** Whether probes are answered here, before any other middleware. Default false. */
  health?: boolean | HealthOptions
  /**
   * How an HTTP/2 connection is told to go. Default `'goaway'`: one GOAWAY, and streams that cross it are for
   * the client to send again. `'two-step'` serves them, and costs: a notice and a round trip come first.
   */
  http2?: 'goaway' | 'two-step'
  /** Without one core prints nothing. */
  logger?: Logger
  /**
   * Called once for each exchange, when its outcome is known; with `context` in the context of that exchange,
   * whoever ended it. What it throws or rejects with goes to `logger`.
   */
  onSettled?: (exchange: Exchange, outcome: Outcome) => void
  /** Called at the start of each phase of a drain, with the report as it stands. Its errors go to `logger`. */
  onPhase?: (phase: PhaseName, soFar: DrainReport) => void
}

/** The options as core uses them: checked, complete, and frozen. */
export interface Settings {
  readonly clientAbort: 'signal' | 'ignore'
  readonly halfClose: 'abort' | 'respond'
  readonly buffer: Readonly<Required<BufferOptions>> | false
  readonly deadlineMs: number
  readonly context: boolean
  readonly drain: Readonly<Required<DrainOptions>>
  readonly signals: readonly NodeJS.Signals[]
  readonly health: Readonly<HealthOptions> | false
  readonly http2: 'goaway' | 'two-step'
  readonly logger: Logger | undefined
  readonly onSettled: HangupOptions['onSettled']
  readonly onPhase: HangupOptions['onPhase']
}

const BUFFER = { maxBytes: 65_536, maxDelayMs: 250 }
const DRAIN = { unreadyMs: 0, graceMs: 20_000, abortMs: 3_000, closeMs: 5_000, idleGraceMs: 1_000 }
const HEALTH = { live: '/livez', ready: '/readyz' }
const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT']
/** Those of this platform, and those that programs for several platforms name. */
const SIGNAL_NAMES = new Set<unknown>([
  ...Object.keys(constants.signals),
  ...['SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGBREAK'],
])
const NAMES = [
  'clientAbort',
  'halfClose',
  'buffer',
  'deadlineMs',
  'context',
  'drain',
  'signals',
  'health',
  'http2',
  'logger',
  'onSettled',
  'onPhase',
]

/** Checks what the user gave, once, and fills in what is missing. Never changes the object given. */
export function checkOptions(options: HangupOptions = {}): Settings {
  checkCalled(options)
  const unknown = unknownKey('options', options, NAMES)
  if (unknown !== undefined)
    throw unknownOption(unknown, Reflect.get(options, unknown), hinted(unknown))
  return Object.freeze({
    clientAbort: oneOf('clientAbort', options.clientAbort, ['signal', 'ignore']),
    halfClose: oneOf('halfClose', options.halfClose, ['abort', 'respond']),
    buffer: options.buffer === false ? false : checkBuffer(options.buffer),
    deadlineMs: duration('deadlineMs', options.deadlineMs, 0),
    context: flag('context', options.context),
    drain: checkDrain(options.drain),
    signals: checkSignals(options.signals),
    health: checkHealth(options.health),
    http2: oneOf('http2', options.http2, ['goaway', 'two-step']),
    logger: checkLogger(options.logger),
    onSettled: callback('onSettled', options.onSettled),
    onPhase: callback('onPhase', options.onPhase),
  })
}

/** `app.use(hangup)`: the framework calls it with a request or a context. */
function checkCalled(given: unknown): void {
  if (typeof given !== 'object' || given === null || !('req' in given || 'socket' in given)) return
  throw optionError(
    'options',
    'an object: call hangup() where you mount it, as in app.use(hangup())',
    given,
  )
}

function checkBuffer(given: unknown = {}): Required<BufferOptions> {
  onlyKnown('buffer', given, Object.keys(BUFFER), 'an object or false')
  const { maxBytes = BUFFER.maxBytes, maxDelayMs } = given as BufferOptions
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 0) {
    throw optionError('buffer.maxBytes', 'a non-negative whole number of bytes', maxBytes)
  }
  return Object.freeze({
    maxBytes,
    maxDelayMs: duration('buffer.maxDelayMs', maxDelayMs, BUFFER.maxDelayMs),
  })
}

function checkDrain(given: unknown = {}): Required<DrainOptions> {
  onlyKnown('drain', given, Object.keys(DRAIN))
  const options = given as DrainOptions
  return Object.freeze({
    unreadyMs: duration('drain.unreadyMs', options.unreadyMs, DRAIN.unreadyMs),
    graceMs: duration('drain.graceMs', options.graceMs, DRAIN.graceMs),
    abortMs: duration('drain.abortMs', options.abortMs, DRAIN.abortMs),
    closeMs: duration('drain.closeMs', options.closeMs, DRAIN.closeMs),
    idleGraceMs: duration('drain.idleGraceMs', options.idleGraceMs, DRAIN.idleGraceMs),
  })
}

function checkSignals(given: unknown): readonly NodeJS.Signals[] {
  if (given === undefined) return SIGNALS
  if (given === false) return []
  const remedy = "a list of signal names such as ['SIGTERM', 'SIGINT'], or false"
  if (!Array.isArray(given)) throw optionError('signals', remedy, given)
  for (const name of given) if (!SIGNAL_NAMES.has(name)) throw optionError('signals', remedy, name)
  const deaf = given.find((name) => name === 'SIGKILL' || name === 'SIGSTOP')
  if (deaf !== undefined)
    throw optionError('signals', 'a list of signals that a process can handle', deaf)
  return Object.freeze([...new Set<NodeJS.Signals>(given)])
}

function checkHealth(given: unknown): HealthOptions | false {
  if (given === undefined || given === false) return false
  if (given === true) return HEALTH
  onlyKnown(
    'health',
    given,
    Object.keys(HEALTH),
    "true, false or an object such as { ready: '/readyz' }",
  )
  for (const [name, path] of Object.entries(given as HealthOptions)) {
    if (path === undefined) continue
    if (typeof path !== 'string' || !path.startsWith('/')) {
      throw optionError(`health.${name}`, "a path that starts with '/'", path)
    }
  }
  return Object.freeze({ ...(given as HealthOptions) })
}

function checkLogger(given: unknown): Logger | undefined {
  if (given === undefined) return undefined
  const remedy = 'an object with the methods debug, info, warn and error'
  if (typeof given !== 'object' || given === null) throw optionError('logger', remedy, given)
  const missing = ['debug', 'info', 'warn', 'error'].find(
    (name) => typeof Reflect.get(given, name) !== 'function',
  )
  if (missing !== undefined) throw optionError('logger', `${remedy} (${missing} is missing)`, given)
  return guardLogger(given as Logger)
}

/** What an option that stands one level too high may have meant. */
function hinted(unknown: string): readonly string[] {
  if (unknown in DRAIN) return [`drain.${unknown}`]
  if (unknown in BUFFER) return [`buffer.${unknown}`]
  return NAMES
}

function oneOf<T extends string>(
  name: string,
  value: T | undefined,
  choices: readonly [T, ...T[]],
): T {
  if (value === undefined) return choices[0]
  if (choices.includes(value)) return value
  throw optionError(name, choices.map((choice) => `'${choice}'`).join(' or '), value)
}

function flag(name: string, value: unknown): boolean {
  if (value === undefined) return false
  if (typeof value === 'boolean') return value
  throw optionError(name, 'true or false', value)
}

function callback<T>(name: string, value: T): T {
  if (value === undefined || typeof value === 'function') return value
  throw optionError(name, 'a function', value)
}
