import { setMaxListeners } from 'node:events'
import type { Server } from 'node:net'
import { emptyAcceptQueue } from './accept-queue.ts'
import type { Cleanup } from './cleanup.ts'
import type { Connection } from './connection.ts'
import type { ConnectionSet } from './connection-set.ts'
import type { ExchangeRecord } from './exchange-record.ts'
import { createHttp1Drain, type Http1Drain } from './http1-drain.ts'
import { createHttp2Drain, type Http2Drain } from './http2-drain.ts'
import type { Settings } from './options.ts'
import type { Outcome } from './outcome.ts'
import {
  createReport,
  type DrainReport,
  isClean,
  type LostRequest,
  type PhaseName,
} from './report.ts'
import { stopListening } from './stop-listening.ts'
import { createWait } from './wait.ts'
import type { WorkSet } from './work.ts'

export type State = 'serving' | 'unready' | 'draining' | 'closing' | 'closed'

/** Time for handlers to take note that their sockets are gone. */
const LAST_CALL_MS = 1_000
/** How often connections are looked at. */
const SWEEP_MS = 20
/** How often a drain says what it still waits for. */
const TELL_MS = 1_000
/** Before the listener shuts nobody is sent to it: a client that reconnects would find it closing. */
const QUIET_BEFORE_STOP_MS = 500

export interface DrainParts {
  readonly settings: Settings
  readonly servers: ReadonlySet<Server>
  readonly connections: ConnectionSet
  readonly exchanges: ReadonlySet<ExchangeRecord>
  readonly work: WorkSet
  readonly cleanup: Cleanup
}

/** How a new request is to be met. */
export type Admission = 'serve' | 'unavailable' | 'ignore'

/**
 * The ordered close: unready, accept what already knocked, stop listening, finish requests, abort at
 * the soft deadline, destroy at the hard one, clean up. Runs once.
 */
export interface Drain {
  readonly state: State
  /** Fires when the drain starts. */
  readonly signal: AbortSignal
  /** Starts the drain, or returns the promise of the one under way. Never rejects. */
  start(why: string): Promise<DrainReport>
  /** Goes to the hard deadline at once. Returns whether anything was lost by that. */
  hurry(): boolean
  admit(exchange: ExchangeRecord): Admission
  settled(exchange: ExchangeRecord, outcome: Outcome): void
  connectionClosed(connection: Connection): void
  sessionOpened(connection: Connection): void
  /** Something that the drain may wait for has come to its end. */
  changed(): void
}

export function createDrain(parts: DrainParts): Drain {
  const { settings, servers, connections, exchanges, work, cleanup } = parts
  const { unreadyMs, graceMs, abortMs, closeMs, idleGraceMs } = settings.drain
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  const wait = createWait()
  const lost = new Map<ExchangeRecord, LostRequest>()
  let state: State = 'serving'
  let phase: PhaseName | undefined
  let phaseBegan = 0
  let began = 0
  let isAnnouncing = false
  let isDestroying = false
  let report = createReport('')
  let running: Promise<DrainReport> | undefined
  let http1: Http1Drain | undefined
  let http2: Http2Drain | undefined

  function enter(next: PhaseName): void {
    const now = performance.now()
    if (phase !== undefined) report.phases.push({ name: phase, ms: Math.round(now - phaseBegan) })
    report.ms = Math.round(now - began)
    report.work = work.unfinished()
    report.clean = isClean(report)
    phase = next
    phaseBegan = now
    settings.logger?.info(
      { drain: { phase, why: report.why, inFlight: exchanges.size } },
      `drain: ${next}`,
    )
    tellUser(next)
  }

  /** A callback of the user's that throws stops nothing. */
  function tellUser(next: PhaseName): void {
    try {
      settings.onPhase?.(next, { ...report })
    } catch (error) {
      settings.logger?.error({ err: error }, 'onPhase failed')
    }
  }

  async function run(): Promise<DrainReport> {
    began = performance.now()
    await beUnready()
    state = 'draining'
    await stopAccepting()
    const untilSoft = began + unreadyMs + graceMs - performance.now()
    enter('finish')
    const sweeping = setInterval(sweep, SWEEP_MS)
    const telling = setInterval(tellWhatIsLeft, TELL_MS)
    await finishRequests(untilSoft)
    clearInterval(sweeping)
    clearInterval(telling)
    await cleanUp()
    return report
  }

  async function beUnready(): Promise<void> {
    state = 'unready'
    enter('unready')
    const announceMs = Math.max(unreadyMs / 2, unreadyMs - QUIET_BEFORE_STOP_MS)
    http1 = createHttp1Drain(connections, idleGraceMs)
    isAnnouncing = unreadyMs > 0
    await wait.until(never, announceMs)
    isAnnouncing = false
    await wait.until(never, unreadyMs - announceMs)
  }

  async function stopAccepting(): Promise<void> {
    enter('accept')
    await emptyAcceptQueue(connections, servers.size, graceMs)
    for (const server of servers) stopListening(server)
    for (const connection of connections) {
      if (connection.session === undefined) connection.isUsed = connection.open.length > 0
    }
    http1 = createHttp1Drain(connections, idleGraceMs)
    http2 = createHttp2Drain(connections, idleGraceMs)
    isAnnouncing = true
    for (const exchange of exchanges) http1.announce(exchange)
    http2.start()
  }

  async function finishRequests(untilSoft: number): Promise<void> {
    if (await wait.until(isDone, untilSoft)) return
    enter('abort')
    for (const exchange of exchanges) exchange.passDrainDeadline()
    http1?.endUpgraded()
    if (await wait.until(isDone, abortMs)) return
    enter('destroy')
    destroyAll()
    await wait.until(isDone, LAST_CALL_MS)
    for (const exchange of exchanges) noteLost(exchange)
  }

  function destroyAll(): void {
    isDestroying = true
    for (const exchange of exchanges) {
      if (exchange.result !== undefined) continue
      noteLost(exchange)
      exchange.closedHere('drain')
    }
    work.abort()
    for (const connection of connections) connection.destroy()
  }

  function noteLost(exchange: ExchangeRecord): void {
    if (lost.has(exchange)) return
    const { method, url, route, ageMs, phase } = exchange
    lost.set(exchange, { method, url, ...(route !== undefined && { route }), ageMs, phase })
    report.requests.lost = [...lost.values()]
  }

  async function cleanUp(): Promise<void> {
    state = 'closing'
    enter('cleanup')
    await cleanup.run(closeMs, (result) => {
      report.hooks.push(result)
      if ('error' in result)
        settings.logger?.error({ err: result.error, hook: result.name }, 'clean-up failed')
    })
    state = 'closed'
    enter('closed')
    if (!report.clean) settings.logger?.warn({ drain: report }, 'drain: something was lost')
  }

  function isDone(): boolean {
    return exchanges.size === 0 && connections.size === 0 && work.size === 0
  }

  /** In the check phase, when the loop has polled: what lies unread in the kernel is read by then. */
  function sweep(): void {
    setImmediate(() => {
      const now = performance.now()
      http1?.sweep(now)
      http2?.sweep(now)
    })
  }

  function tellWhatIsLeft(): void {
    const inFlight = Array.from(exchanges, ({ method, url, ageMs }) => ({ method, url, ageMs }))
    const left = { inFlight, connections: connections.size, work: work.unfinished() }
    settings.logger?.info(
      { drain: { phase, ...left } },
      `drain: ${phase}, ${exchanges.size} in flight`,
    )
  }

  return {
    get state() {
      return state
    },
    signal: controller.signal,
    start(why) {
      if (running === undefined) {
        report = createReport(why)
        running = run()
        controller.abort(new Error('The server has begun to drain'))
      }
      return running
    },
    hurry() {
      wait.giveUp()
      return exchanges.size > 0 || work.size > 0
    },
    admit(exchange) {
      if (state === 'serving') return 'serve'
      if (exchange.isHttp2) {
        if (exchange.connection !== undefined) http2?.streamBegan(exchange.connection)
      } else {
        if (http1?.isAfterLast(exchange)) return 'ignore'
        if (isAnnouncing) http1?.announce(exchange)
      }
      if (phase !== 'abort' && phase !== 'destroy') return 'serve'
      report.requests.refused++
      return 'unavailable'
    },
    settled({ connection }, outcome) {
      if (running === undefined) return
      if (connection !== undefined) connection.idleSince = performance.now()
      if (outcome.kind !== 'aborted') report.requests.finished++
      else if (!isDestroying) report.requests.aborted++
    },
    connectionClosed(connection) {
      if (running !== undefined) countConnection(report, connection, isDestroying)
      wait.changed()
    },
    sessionOpened(connection) {
      connection.idleSince = performance.now()
    },
    changed() {
      wait.changed()
    },
  }
}

function countConnection(report: DrainReport, connection: Connection, isDestroying: boolean): void {
  const { connections, sessions } = report
  if (connection.session !== undefined) sessions[isDestroying ? 'destroyed' : 'finished']++
  else if (isDestroying) connections.destroyed++
  else connections[connection.isUsed ? 'finished' : 'idle']++
}

function never(): boolean {
  return false
}
