import { setMaxListeners } from 'node:events'
import type { Server } from 'node:net'
import { performance } from 'node:perf_hooks'
import { emptyAcceptQueue } from './accept-queue.ts'
import { callUser } from './call-user.ts'
import { publishPhase, publishReport } from './channels.ts'
import type { Cleanup } from './cleanup.ts'
import type { Connection } from './connection.ts'
import type { ConnectionSet } from './connection-set.ts'
import { createLedger, type DrainLedger } from './drain-ledger.ts'
import { withoutStack } from './errors.ts'
import type { ExchangeRecord } from './exchange-record.ts'
import type { ExchangeSet } from './exchange-set.ts'
import { createHttp1Drain, type Http1Drain } from './http1-drain.ts'
import { createHttp2Drain, type Http2Drain } from './http2-drain.ts'
import type { Settings } from './options.ts'
import type { Ending } from './outcome.ts'
import type { DrainReport, PhaseName } from './report.ts'
import { stopListening } from './stop-listening.ts'
import { createWait } from './wait.ts'
import type { WorkSet } from './work.ts'

/**
 * Where a handle is: `'serving'`; `'unready'`, where probes say 503 and all is served; `'draining'`, from the
 * last looks at the accept queue until all requests are over; `'closing'`, while clean-up runs; `'closed'`.
 */
export type State = 'serving' | 'unready' | 'draining' | 'closing' | 'closed'

/** Time for handlers to take note that their sockets are gone. */
const LAST_CALL_MS = 1_000
/** How often connections are looked at. */
const SWEEP_MS = 20
/** How often a drain says what it still waits for. */
const TELL_MS = 1_000
/** So many of the oldest are named in each of those lines. */
const TOLD_AT_MOST = 10
/** Of `graceMs`: 5 s by default, which Go's `Shutdown` gives too (https://github.com/golang/go/issues/22682). */
const HANDSHAKE_SHARE = 1 / 4
/** Before the listener shuts nobody is sent to it: a client that reconnects would find it closing. */
const QUIET_BEFORE_STOP_MS = 500

export interface DrainParts {
  readonly settings: Settings
  readonly servers: ReadonlySet<Server>
  readonly connections: ConnectionSet
  readonly exchanges: ExchangeSet<ExchangeRecord>
  readonly work: WorkSet
  readonly cleanup: Cleanup
  /** What the framework does before anything is shut. */
  prepare(): Promise<void>
}

/** How a new request is to be met. */
export type Admission = 'serve' | 'unavailable' | 'ignore'

/**
 * The ordered close: unready, accept what already knocked, stop listening, finish requests, abort at
 * the soft deadline, destroy at the hard one, clean up. Runs once.
 */
export interface Drain {
  state(): State
  /** Fires when the drain starts. */
  readonly signal: AbortSignal
  /** To be called once. Never rejects. */
  start(why: string): Promise<DrainReport>
  /** The report of the drain under way, as it stands. */
  soFar(): DrainReport | undefined
  /** The process ends now: logs what is lost, and tells whether anything is. */
  abandon(): boolean
  admit(exchange: ExchangeRecord): Admission
  /** A request that was `'unavailable'`, and no probe, has been refused. */
  refused(): void
  settled(exchange: ExchangeRecord, ending: Ending): void
  connectionClosed(connection: Connection): void
  sessionOpened(connection: Connection): void
  /** Something that the drain may wait for has come to its end. */
  changed(): void
}

export function createDrain(parts: DrainParts): Drain {
  const { settings, servers, connections, exchanges, work, cleanup } = parts
  const { logger } = settings
  const { unreadyMs, graceMs, abortMs, closeMs, idleGraceMs } = settings.drain
  const handshakeMs = graceMs * HANDSHAKE_SHARE
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  const wait = createWait()
  let state: State = 'serving'
  let phase: PhaseName | undefined
  let ledger: DrainLedger | undefined
  let isAnnouncing = false
  let isPrepared = false
  let http1: Http1Drain | undefined
  let http2: Http2Drain | undefined

  function enter(next: PhaseName, { enter: note, soFar }: DrainLedger): void {
    phase = next
    note(next)
    const report = soFar()
    const details = { phase, why: report.why, inFlight: exchanges.size }
    logger?.info({ drain: details }, `drain: ${next}`)
    publishPhase(next, soFar)
    if (settings.onPhase !== undefined) callUser(reportOnPhase, settings.onPhase, next, report)
  }

  function reportOnPhase(error: unknown): void {
    logger?.error({ err: error }, 'onPhase failed')
  }

  async function run(book: DrainLedger): Promise<DrainReport> {
    const began = performance.now()
    const softDeadline = began + unreadyMs + graceMs
    await beUnready(book, softDeadline)
    await stopAccepting(book)
    await finishRequests(book, softDeadline)
    await cleanUp(book)
    return book.report
  }

  async function beUnready(book: DrainLedger, softDeadline: number): Promise<void> {
    state = 'unready'
    enter('unready', book)
    if (servers.size === 0) logger?.warn({}, 'drain: no server is attached, so none is closed')
    const announceMs = Math.max(unreadyMs / 2, unreadyMs - QUIET_BEFORE_STOP_MS)
    void prepareFramework()
    http1 = createHttp1Drain(connections, idleGraceMs, handshakeMs)
    isAnnouncing = unreadyMs > 0
    await wait.until(never, announceMs)
    isAnnouncing = false
    await wait.until(never, unreadyMs - announceMs)
    await wait.until(() => isPrepared, softDeadline - performance.now())
  }

  async function prepareFramework(): Promise<void> {
    try {
      await parts.prepare()
    } catch (error) {
      logger?.error({ err: error }, 'what comes before the drain failed')
    }
    isPrepared = true
    wait.changed()
  }

  async function stopAccepting(book: DrainLedger): Promise<void> {
    state = 'draining'
    enter('accept', book)
    await emptyAcceptQueue(connections, servers.size, graceMs)
    for (const server of servers) stopListening(server)
    for (const connection of connections) {
      if (connection.session === undefined) connection.isUsed = connection.oldest !== undefined
    }
    http1 = createHttp1Drain(connections, idleGraceMs, handshakeMs)
    http2 = createHttp2Drain(connections, idleGraceMs)
    isAnnouncing = true
    for (const exchange of exchanges) http1.announce(exchange)
    http2.start()
  }

  async function finishRequests(book: DrainLedger, softDeadline: number): Promise<void> {
    enter('finish', book)
    const sweeping = setInterval(sweep, SWEEP_MS)
    const telling = setInterval(tellWhatIsLeft, TELL_MS)
    const isFinished = await wait.until(isDone, softDeadline - performance.now())
    if (!isFinished && !(await abortRequests(book))) await destroyRequests(book)
    clearInterval(sweeping)
    clearInterval(telling)
  }

  async function abortRequests(book: DrainLedger): Promise<boolean> {
    enter('abort', book)
    for (const exchange of exchanges) exchange.passDrainDeadline()
    http1?.endUpgraded()
    return wait.until(isDone, abortMs)
  }

  async function destroyRequests(book: DrainLedger): Promise<void> {
    enter('destroy', book)
    book.destroying()
    for (const exchange of exchanges) {
      exchange.closedHere('drain')
      book.lost(exchange.hold?.straggler ?? exchange)
    }
    work.abort()
    for (const connection of connections) connection.destroy()
    await wait.until(isDone, LAST_CALL_MS)
    for (const exchange of exchanges.known()) book.lost(exchange)
  }

  async function cleanUp(book: DrainLedger): Promise<void> {
    state = 'closing'
    enter('cleanup', book)
    await cleanup.run(closeMs, (result) => {
      book.cleanedUp(result)
      const { name, error } = result
      if ('error' in result) logger?.error({ err: error, hook: name }, 'clean-up failed')
    })
    state = 'closed'
    enter('closed', book)
    publishReport(book.report)
    if (!book.report.clean) logger?.warn({ drain: book.report }, 'drain: something was lost')
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
    if (logger === undefined) return
    const oldest = [...exchanges.known()].slice(0, TOLD_AT_MOST)
    const details = {
      phase,
      inFlight: exchanges.size,
      connections: connections.size,
      oldest: oldest.map(({ method, url, ageMs }) => ({ method, url, ageMs })),
      work: work.unfinished().slice(0, TOLD_AT_MOST),
    }
    logger.info({ drain: details }, `drain: ${phase}, ${exchanges.size} in flight`)
  }

  return {
    state: () => state,
    signal: controller.signal,
    start(why) {
      ledger = createLedger(why, work)
      const report = run(ledger)
      controller.abort(drainReason())
      return report
    },
    soFar: () => ledger?.soFar(),
    abandon() {
      if (ledger === undefined) return exchanges.size > 0
      for (const exchange of exchanges.known()) ledger.lost(exchange)
      const report = ledger.soFar()
      const unfinished = cleanup.unfinished()
      if (report.clean && unfinished.length === 0) return false
      const details = { drain: { ...report, clean: false }, cleanup: unfinished }
      logger?.warn(details, 'drain: ended before its time')
      return true
    },
    admit(exchange) {
      if (state === 'serving') return 'serve'
      if (exchange.isHttp2) {
        if (exchange.connection !== undefined) http2?.streamBegan(exchange.connection)
      } else {
        if (http1?.isAfterLast(exchange)) return 'ignore'
        // Behind a response that is to be the last of its connection it becomes the last itself.
        const isBehindLast = exchange.connection?.lastExchange !== undefined
        if (isAnnouncing || isBehindLast) http1?.announce(exchange)
      }
      return phase === 'abort' || phase === 'destroy' ? 'unavailable' : 'serve'
    },
    refused: () => ledger?.refused(),
    settled({ connection, isAdmitted }, ending) {
      if (ledger === undefined) return
      if (connection !== undefined) connection.idleSince = performance.now()
      const isRefused = isAdmitted === false && ending.by === 'drain'
      if (!isRefused) ledger.settled(ending)
    },
    connectionClosed(connection) {
      ledger?.connectionClosed(connection)
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

/** For streams that listen to nothing else: whoever rejects with it is answered 503. */
function drainReason(): Error {
  const reason = withoutStack(() => new Error('The server has begun to drain'))
  return Object.assign(reason, { name: 'AbortError', status: 503, expose: false })
}

function never(): boolean {
  return false
}
