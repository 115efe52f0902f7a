import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server } from 'node:net'
import { checkServer, takeOverClose } from './attach.ts'
import { createAttachReminder } from './attach-reminder.ts'
import { callUser } from './call-user.ts'
import { publishBegun, publishSettled } from './channels.ts'
import { type CleanupOptions, createCleanup } from './cleanup.ts'
import { createConnectionSet } from './connection-set.ts'
import { runInContext } from './context.ts'
import { lookForDisconnect, watchExchange } from './disconnect.ts'
import { createDrain, type State } from './drain.ts'
import type { Exchange } from './exchange.ts'
import { recordOf } from './exchange-of.ts'
import { type ExchangeOwner, ExchangeRecord } from './exchange-record.ts'
import { ExchangeSet } from './exchange-set.ts'
import { createHealth, readiness } from './health.ts'
import { type InFlight, inFlight } from './in-flight.ts'
import { listenBeside } from './listen-beside.ts'
import type { OpenResponse, Request, Response } from './node-types.ts'
import { checkOptions, type HangupOptions } from './options.ts'
import type { Ending } from './outcome.ts'
import { createProbe } from './probe.ts'
import { onSignals } from './process-signals.ts'
import { relaySessions } from './relay-sessions.ts'
import type { DrainReport } from './report.ts'
import { extendRequests } from './request-properties.ts'
import { isServed, type RequestExtras, serveBare } from './serve-bare.ts'
import type { Usher } from './usher.ts'
import { createWorkSet } from './work.ts'

/** The handle. Express's and Koa's middlewares are it, with the function added. */
export interface Hangup {
  /**
   * For bare Node: wraps a listener for `http`, `https` or `http2`. The request that it gets has
   * `exchange` and `signal`. What it throws or rejects with becomes a plain 500 and goes to the logger. Name the two
   * types, `handler<Http2ServerRequest, Http2ServerResponse>`, where TypeScript takes them for those of `http`.
   */
  handler<Req extends Request = IncomingMessage, Res extends Response = ServerResponse>(
    fn: (req: Req & RequestExtras, res: Res) => unknown,
  ): (req: Req, res: Res) => void
  /**
   * Takes over the server's close: `server.close()` from anyone now drains in order, and so do the
   * signals of the option `signals`. Called for several servers, they drain as one; twice for one, it changes
   * nothing. Returns the server. Throws `ERR_HANGUP_OPTION` for what is no server, such as the application.
   */
  attach<S extends Server>(server: S): S
  /**
   * Starts the drain, or returns the one promise of the drain under way. Never rejects. A handler that awaits
   * it waits for itself, until the soft deadline aborts its signal. A clean-up function would too: there it
   * resolves at once, to the report as it stands.
   */
  drain(why?: string): Promise<DrainReport>
  /**
   * Registers a clean-up function, run once all requests are over: the last registered first, each
   * behind what its `after` names. A failure or a time-out is reported and skips nothing. It may close the
   * server or the application: that ends at once, since the drain is under way. Throws `ERR_HANGUP_OPTION` for
   * a name that is taken, an `after` or an option that is unknown, and an `Error` once clean-up has begun.
   */
  onClose(name: string, fn: () => unknown, options?: CleanupOptions): void
  /** Where it is between `'serving'` and `'closed'`. It never goes back. */
  readonly state: State
  /** Fires when the drain starts: for streams and sockets that never end by themselves. */
  readonly drainSignal: AbortSignal
  /** A snapshot of what is in flight. */
  exchanges(): InFlight[]
  /** A handler that answers a readiness probe: 200 while serving, else 503, and one word. */
  health(req: Request, res: Response): void
  /** Follows this request, once. For adapters: `handler` and the middlewares do it by themselves. */
  begin(req: Request, res: Response): Exchange
}

/** What core asks of a framework. */
export interface Framework {
  /** The pattern of the route that matched, once it has. */
  routeOf?(native: object): string | undefined
  /**
   * What the framework does before it closes. Called at the start of a drain, before any listener shuts;
   * waited for until the soft deadline. A rejection is reported, and stops nothing.
   */
  prepare?(): Promise<void>
  /** The framework's own clean-up. It comes last, within what is left of `drain.closeMs`. */
  close?(): Promise<void>
  /** The exchange did not end as its handler wanted: there may never be a `'finish'` on its response. */
  cutShort?(res: OpenResponse): void
  /** Takes an error that no handler waits for: that of a rejected `waitUntil`. Default: the logger. */
  report?(error: unknown, label: string): void
}

/** A handle, and what serves requests on its behalf. For adapters. */
export interface Mount {
  readonly hangup: Hangup
  readonly usher: Usher
  /**
   * `attach`, but for the signals. `isCovered`: the adapter admits each request by itself.
   */
  follow(server: Server, isCovered?: boolean): void
  /** Drains at the signals of the option `signals`, from now on. */
  handleSignals(): void
  /** Whether a clean-up function of this handle has called. One that waited for the drain would wait for itself. */
  isCleanup(): boolean
}

/** A handle for bare Node. Checks every option now; throws what names the option, the value and the remedy. */
export function createHangup(options?: HangupOptions): Hangup {
  return createMount(options).hangup
}

/**
 * A handle with what an adapter needs besides. Checks every option now; throws `ERR_HANGUP_OPTION`, which
 * names the option, the value and the remedy. Nothing is listened to before `follow`, no signal is handled
 * before `handleSignals`.
 */
export function createMount(options?: HangupOptions, framework: Framework = {}): Mount {
  const settings = checkOptions(options)
  extendRequests()
  const { logger } = settings
  const servers = new Set<Server>()
  const exchanges = new ExchangeSet<ExchangeRecord>(() => drain.changed())
  const probe = createProbe(exchanges)
  const cleanup = createCleanup(framework.close)
  const health = settings.health === false ? undefined : createHealth(settings.health)
  const closers: (() => void)[] = []
  /** Servers whose handlers begin each exchange: a listener for it costs, and is added for the drain. */
  const covered: Server[] = []

  const work = createWorkSet(
    (error, label) => (framework.report ?? report)(error, label),
    () => drain.changed(),
  )
  const connections = createConnectionSet({
    closed: (connection) => drain.connectionClosed(connection),
    sessionOpened(connection) {
      drain.sessionOpened(connection)
      probe.sessionWrote(connection)
    },
  })
  const drain = createDrain({
    settings,
    servers,
    connections,
    exchanges,
    work,
    cleanup,
    prepare: async () => framework.prepare?.(),
  })

  const owner: ExchangeOwner = {
    settings,
    work,
    probe,
    drainSignal: drain.signal,
    routeOf: (native) => framework.routeOf?.(native),
    settled(exchange, ending) {
      const { connection, isHttp2 } = exchange
      if (isHttp2 && connection !== undefined) probe.sessionWrote(connection)
      drain.settled(exchange, ending)
      if (settings.context) runInContext(exchange, tellSettled, exchange, ending)
      else tellSettled(exchange, ending)
    },
    unsettled: (exchange) => exchanges.loosen(exchange),
    over(exchange) {
      exchanges.delete(exchange)
      drain.changed()
    },
  }

  // Under `signals: false` whoever is to end the server knows what it takes.
  const remindToAttach =
    logger !== undefined && settings.signals.length > 0
      ? createAttachReminder(
          logger,
          settings.signals,
          () => servers.size > 0 || drain.state() !== 'serving',
        )
      : undefined

  function begin(req: Request, res: Response): ExchangeRecord {
    const known = recordOf(req)
    if (known !== undefined) return known
    const exchange = new ExchangeRecord(owner, req, res)
    exchanges.add(exchange)
    if (servers.size === 0) remindToAttach?.(req)
    publishBegun(exchange)
    watchExchange(exchange)
    return exchange
  }

  function refuse(exchange: ExchangeRecord): void {
    drain.refused()
    exchange.refuse()
  }

  function tellSettled(exchange: ExchangeRecord, ending: Ending): void {
    publishSettled(exchange, ending)
    if (ending.kind !== 'flushed') {
      if (ending.kind === 'aborted') logAbort(exchange, ending)
      framework.cutShort?.(exchange.res)
    }
    if (settings.onSettled !== undefined)
      callUser(reportOnSettled, settings.onSettled, exchange, exchange.outcomeOf(ending))
  }

  function logAbort(exchange: ExchangeRecord, ending: Ending): void {
    const { method, url } = exchange
    logger?.debug({ method, url, outcome: exchange.outcomeOf(ending) }, 'request aborted')
  }

  function reportOnSettled(error: unknown): void {
    report(error, 'onSettled')
  }

  function report(error: unknown, label: string): void {
    logger?.error({ err: error, label }, `${label} failed`)
  }

  const usher: Usher = {
    admit(req, res) {
      const exchange = begin(req, res)
      if (exchange.isAdmitted !== undefined) return exchange.isAdmitted ? exchange : undefined
      exchange.isAdmitted = false
      const reply = health?.answer(exchange.url, drain.state())
      const admission = drain.admit(exchange)
      if (admission === 'ignore') exchange.ignore()
      else if (reply !== undefined) exchange.answer(reply.status, reply.word)
      else if (admission === 'unavailable') refuse(exchange)
      else exchange.isAdmitted = true
      return exchange.isAdmitted ? exchange : undefined
    },
    run(exchange, fn, ...args) {
      return settings.context ? runInContext(exchange, fn, ...args) : fn(...args)
    },
    fail(exchange, error) {
      lookForDisconnect(exchange)
      return exchange.fail(error)
    },
    report(exchange, error) {
      report(error, `${exchange.method} ${exchange.url}`)
    },
  }

  let stopSignals: (() => void) | undefined
  let isStarted = false
  let tellOver: ((report: DrainReport) => void) | undefined
  /** There before it starts: `onPhase` and listeners to `drainSignal`, called as it does, may ask for it. */
  const over = new Promise<DrainReport>((resolve) => {
    tellOver = resolve
  })

  function start(why: string): Promise<DrainReport> {
    const soFar = cleanup.isCaller() ? drain.soFar() : undefined
    if (soFar !== undefined) return Promise.resolve(soFar)
    if (!isStarted) {
      isStarted = true
      void drainAndClose(why)
    }
    return over
  }

  async function drainAndClose(why: string): Promise<void> {
    for (const server of covered.splice(0)) server.prependListener('request', begin)
    const report = await drain.start(why)
    stopSignals?.()
    for (const close of closers) close()
    tellOver?.(report)
  }

  function follow(server: Server, isCovered = false): void {
    checkServer(server)
    if (servers.has(server)) return
    servers.add(server)
    connections.follow(server)
    listenBeside(server, ['checkContinue', 'checkExpectation'], begin)
    if (settings.http2 === 'two-step') relaySessions(server)
    closers.push(takeOverClose(server, start, () => cleanup.isOver))
    if (isCovered || areServed(server.listeners('request'))) covered.push(server)
    else server.prependListener('request', begin)
  }

  function handleSignals(): void {
    stopSignals ??= onSignals(settings.signals, { start, abandon: drain.abandon })
  }

  const hangup: Hangup = {
    handler: (fn) => serveBare(usher, fn),
    attach(server) {
      follow(server)
      handleSignals()
      return server
    },
    drain: (why = 'drain()') => start(why),
    onClose: (name, fn, options) => cleanup.add(name, fn, options),
    get state() {
      return drain.state()
    },
    drainSignal: drain.signal,
    exchanges: () => Array.from(exchanges.known(), inFlight),
    health(req, res) {
      const { status, word } = readiness(drain.state())
      begin(req, res).answer(status, word)
    },
    begin: (req, res) => begin(req, res).share(),
  }
  return { hangup, usher, follow, handleSignals, isCleanup: cleanup.isCaller }
}

function areServed(listeners: readonly object[]): boolean {
  return listeners.length > 0 && listeners.every(isServed)
}
