import { performance } from 'node:perf_hooks'
import type { Connection, Watched } from './connection.ts'
import { watchFlush } from './disconnect.ts'
import { isDisconnectError, isEcho } from './disconnect-errors.ts'
import { sealStatus } from './dropped-response.ts'
import { duration } from './duration.ts'
import { abortReason, CLIENT_GONE, isAbortReason, type Phase } from './errors.ts'
import type { Exchange } from './exchange.ts'
import type { Listed } from './exchange-set.ts'
import { INTERNAL_ERROR, REFUSED_STREAM } from './http2-codes.ts'
import { isAbort } from './is-abort.ts'
import { isHttp2, type OpenResponse, type Request, type Response } from './node-types.ts'
import type { Settings } from './options.ts'
import { type Ending, type Outcome, outcomeOf } from './outcome.ts'
import { createAbortedSignal, createRequestSignal, type RequestSignal } from './request-signal.ts'
import { type BufferOwner, ResponseBuffer } from './response-buffer.ts'
import { clearHead, clearPageHeaders, type HeadOwner } from './response-head.ts'
import type { Hold } from './stragglers.ts'
import { Upset } from './upset.ts'
import type { ShieldOptions, WorkSet } from './work.ts'

/** What all exchanges of one handle share. */
export interface ExchangeOwner {
  readonly settings: Settings
  readonly work: WorkSet
  /** Looks after exchanges whose clients can leave without an event. */
  readonly probe: { watch(): void }
  readonly drainSignal: AbortSignal
  routeOf(native: object): string | undefined
  /** How it ended is known. */
  settled(exchange: ExchangeRecord, ending: Ending): void
  /** The outcome is known, the handler has not settled. */
  unsettled(exchange: ExchangeRecord): void
  /** The outcome is known and the handler has settled: nothing is in flight any more. */
  over(exchange: ExchangeRecord): void
}

/**
 * What a handler's failure asks of the adapter. `'quiet'`: nothing. `'page'`: the framework's own
 * error response, nothing of the failed one is left. `'report'`: the error alone, since the response
 * is finished already or has been cut.
 */
export type Failure = 'quiet' | 'page' | 'report'

/** The exchange as core keeps it: a class, because each request has one. */
export class ExchangeRecord implements Exchange, Watched, BufferOwner, Listed<ExchangeRecord> {
  readonly method: string
  readonly url: string
  readonly req: Request
  readonly res: OpenResponse
  readonly isHttp2: boolean
  clientAbort: 'signal' | 'ignore'
  /** That it came on; of HTTP/2 where its server is attached. */
  connection: Connection | undefined = undefined
  behind: Watched | undefined = undefined
  /** The framework's own request, which knows the route. */
  native: object
  /** Whether the framework has handed the raw response to the handler. */
  isHijacked = false
  /** Whether headers have been set through the framework's own response, which keeps them to itself. */
  hasHeaders = false
  /** Whether a handler may run for it; undecided until a drain and the probes have been asked. */
  isAdmitted: boolean | undefined = undefined
  /** How it ended, once that is known. */
  ended: Ending | undefined = undefined
  older: ExchangeRecord | undefined = undefined
  newer: ExchangeRecord | undefined = undefined
  isListed = false
  hold: Hold | undefined = undefined
  readonly began = performance.now()
  private readonly owner: ExchangeOwner
  private readonly buffer: ResponseBuffer
  private running = 0
  private isTracked = false
  private isOver = false
  private isShared = false
  private requestSignal: RequestSignal | undefined = undefined
  private timer: NodeJS.Timeout | undefined = undefined
  private namesBefore: readonly string[] | undefined = undefined
  private upset: Upset | undefined = undefined
  private result: Outcome | undefined = undefined
  private outcomePromise: Promise<Outcome> | undefined = undefined
  private tellOutcome: ((outcome: Outcome) => void) | undefined = undefined

  constructor(owner: ExchangeOwner, req: Request, res: Response) {
    const { settings } = owner
    this.owner = owner
    this.req = req
    this.native = req
    this.res = res
    this.method = req.method ?? ''
    this.url = req.url ?? ''
    this.isHttp2 = isHttp2(req)
    this.clientAbort = settings.clientAbort
    this.buffer = new ResponseBuffer(this)
    if (this.isHttp2) owner.probe.watch()
    if (settings.deadlineMs > 0) this.deadline(settings.deadlineMs)
  }

  get route(): string | undefined {
    return this.owner.routeOf(this.native)
  }

  get startedAt(): number {
    return Math.round(performance.timeOrigin + this.began)
  }

  get ageMs(): number {
    return Math.round(performance.now() - this.began)
  }

  get isClientGone(): boolean {
    return this.ended?.by === 'client'
  }

  get limits(): Settings['buffer'] {
    return this.owner.settings.buffer
  }

  get phase(): Phase {
    const { upset } = this
    if (upset?.phase !== undefined) return upset.phase
    if (this.res.headersSent) return 'response'
    return isUploaded(this.req) ? 'handler' : 'upload'
  }

  get signal(): AbortSignal {
    this.requestSignal ??= this.createSignal()
    return this.requestSignal.signal
  }

  get outcome(): Promise<Outcome> {
    this.outcomePromise ??= new Promise((resolve) => {
      if (this.ended === undefined) this.tellOutcome = resolve
      else resolve(this.outcomeOf(this.ended))
    })
    return this.outcomePromise
  }

  /**
   * The outcome of this ending, put together when it is first asked for. Of most responses that are flushed it never
   * is, and it costs as much as all else that is done at their end.
   */
  outcomeOf(ending: Ending): Outcome {
    this.result ??= outcomeOf(ending, this, this.upset?.answered, this.buffer.bytes)
    return this.result
  }

  /** For who may keep it: its outcome can be asked for at any time from here on. */
  share(): this {
    this.isShared = true
    if (this.ended !== undefined) this.outcomeOf(this.ended)
    return this
  }

  shield<T>(fn: (signal: AbortSignal) => T | PromiseLike<T>, options?: ShieldOptions): Promise<T> {
    return this.owner.work.shield(fn, `${this.method} ${this.url}`, options)
  }

  waitUntil(promise: PromiseLike<unknown>, label = `waitUntil (${this.method} ${this.url})`): void {
    this.owner.work.waitUntil(promise, label, (error) => this.isQuiet(error))
  }

  deadline(ms: number): void {
    const delay = duration('deadline(ms)', ms, 0)
    if (this.timer !== undefined) clearTimeout(this.timer)
    const isOn = delay > 0 && this.ended === undefined
    this.timer = isOn ? setTimeout(passDeadline, delay, this).unref() : undefined
  }

  /** Whether the client could leave without an event, and it matters. */
  get wantsProbe(): boolean {
    // A write that is under way over TLS when the client's reset comes may never end (Node 24 and 26).
    if (this.connection?.socket.readableEnded) return true
    return this.requestSignal !== undefined && this.phase === 'upload'
  }

  endedByClient(): void {
    if (this.obeysHalfClose && !this.res.writableEnded) this.clientLeft(undefined)
    else this.owner.probe.watch()
  }

  /** Whether a client that only shuts its writing side has left this exchange. */
  get obeysHalfClose(): boolean {
    return this.owner.settings.halfClose === 'abort'
  }

  /** Aborts the signal, with the first reason given and no other. */
  abort(reason: unknown): void {
    if (this.reason !== undefined) return
    this.upsetNow().abortedWith = reason
    this.requestSignal?.abort(reason)
  }

  /** The kernel took the whole response. One with a 4xx is how a handler answers by an error. */
  flushed(): void {
    const usual = this.isHijacked ? HIJACKED : FLUSHED
    const ending = this.upset?.ending ?? usual
    const isAnswered = ending.kind === 'failed' && this.res.statusCode < 500
    this.settle(isAnswered ? usual : ending)
  }

  /** The client left before its response was complete. */
  clientLeft(cause: unknown): void {
    if (this.ended !== undefined) return
    const upset = this.cutShort('client', cause)
    if (this.clientAbort !== 'ignore' && upset.abortedWith === undefined) {
      upset.isAbortedByClient = true
      this.requestSignal?.abort(this.reason)
    }
    this.overIfDone()
  }

  /** The connection was closed on this side: by the handler, by a time-out, or by the drain's end. */
  closedHere(by: 'server' | 'drain', cause?: unknown): void {
    if (this.ended !== undefined) return
    this.cutShort(by, cause)
    this.overIfDone()
  }

  /** The signal aborts; a response that is not committed becomes a clean 503. */
  passDeadline(): void {
    if (this.ended !== undefined || this.buffer.isEnded) return
    // No request any more: a 503 would stand among the frames of a WebSocket.
    if (this.connection?.isUpgraded) return
    this.abort(abortReason('ERR_DEADLINE', this.phase))
    if (!this.res.headersSent) this.answerUnavailable({ kind: 'aborted', by: 'deadline' })
  }

  /** The drain's soft deadline: the signal aborts, and the handler answers as it can. */
  passDrainDeadline(): void {
    if (this.ended !== undefined || this.buffer.isEnded) return
    this.abort(abortReason('ERR_DRAIN_DEADLINE', this.phase))
  }

  /** The handler threw or rejected. Nothing is swallowed but the exchange's own abort. */
  fail(error: unknown): Failure {
    if (this.isQuiet(error)) {
      this.upsetNow().hasGivenUp = true
      if (this.ended === undefined && !this.buffer.isEnded) this.endAborted()
      this.overIfDone()
      return 'quiet'
    }
    if (this.ended !== undefined || this.buffer.isEnded) return 'report'
    this.stop().ending = { kind: 'failed', error }
    if (this.res.headersSent) {
      this.cut()
      return 'report'
    }
    this.buffer.discard()
    if (!this.isHijacked) return 'page'
    // Fastify sends no page for a reply that was hijacked.
    this.answer(500, 'Internal Server Error\n')
    return 'report'
  }

  /** Whether this error says no more than what the outcome says already. */
  isQuiet(error: unknown): boolean {
    if (this.reason !== undefined && isAbort(error, this)) return true
    if (isAbort(error, { signal: this.owner.drainSignal })) return true
    const { ended, connection } = this
    if (ended === undefined) return false
    if (ended.by === undefined) return error !== ended.error && isEcho(error, this.req)
    // What a handler destroys its connection with tells of more than that nobody is there.
    if (ended.by === 'server' && error === ended.error) return false
    return error === connection?.failure || isDisconnectError(error, this.req, ended.error)
  }

  /** Takes the response out of the handler's hands: sends this now, and drops what still comes. */
  answer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): void {
    const upset = this.stop()
    clearHead(this.res, this.isHttp2)
    this.res.statusCode = status
    upset.answered = status
    this.res.setHeader('content-type', 'text/plain; charset=utf-8')
    this.res.setHeader('cache-control', 'no-store')
    for (const [name, value] of Object.entries(headers)) this.res.setHeader(name, value)
    this.buffer.endWith(body)
  }

  /** It came after the soft deadline: no handler runs, and the client may try elsewhere. */
  refuse(): void {
    if (this.isHttp2) this.ignore()
    else this.answerUnavailable({ kind: 'aborted', by: 'drain' })
  }

  /** 503, in the handler's place. */
  answerUnavailable(ending?: Ending): void {
    this.stop().ending = ending
    this.answer(503, 'Service Unavailable\n', { 'retry-after': '1' })
  }

  /** It came after a response that closed its connection (RFC 9112 §9.6): nobody answers it. */
  ignore(): void {
    this.stop()
    this.settle({ kind: 'aborted', by: 'drain' })
    this.buffer.drop()
    if ('stream' in this.req) this.req.stream.close(REFUSED_STREAM)
  }

  /**
   * Leaves the response to the handler: nothing more is held. Adapters do it too where core has answered, to keep
   * their framework from answering again: nobody has taken anything then.
   */
  hijack(): void {
    if (this.upset?.answered !== undefined) return
    this.isHijacked = true
    this.buffer.goStraight()
  }

  /** The handler has a promise under way: the exchange is in flight until that settles. */
  handlerStarted(): void {
    this.isTracked = true
    this.running++
  }

  handlerSettled(): void {
    this.running--
    this.overIfDone()
  }

  /** For a handler whose promise goes its own way. */
  async follow(promise: PromiseLike<unknown>): Promise<void> {
    this.handlerStarted()
    try {
      await promise
    } catch {
      // Whoever called the handler takes its error.
    } finally {
      this.handlerSettled()
    }
  }

  /** A handler is about to run: these headers were set before it, and stay if it fails. */
  noteHead(names: readonly string[]): void {
    this.namesBefore = names
  }

  /** Takes away the headers of the page that failed. Where no handler has run there is no page. */
  clearPage(head: HeadOwner = this.res): void {
    if (this.namesBefore !== undefined) clearPageHeaders(head, this.namesBefore)
  }

  endedUnheard(): void {
    this.overIfDone()
  }

  endsLarge(): void {
    watchFlush(this)
  }

  /** A response that has begun ends with a reset: FIN would make it look whole to HTTP/1.0 and to caches. */
  destroyedHere(error: unknown): void {
    if (this.ended !== undefined) return
    if (!this.res.headersSent) {
      this.closedHere('server', error ?? undefined)
      return
    }
    this.stop().ending ??=
      error == null ? { kind: 'aborted', by: 'server' } : { kind: 'failed', error }
    this.cut()
  }

  /** What the signal is aborted with. That the client left is put into words when somebody asks. */
  private get reason(): unknown {
    const { upset } = this
    if (upset?.isAbortedByClient)
      upset.abortedWith ??= abortReason('ERR_CLIENT_GONE', this.phase, this.ended?.error)
    return upset?.abortedWith
  }

  private createSignal(): RequestSignal {
    if (this.reason !== undefined) return createAbortedSignal(this.reason)
    const { halfClose } = this.owner.settings
    if (halfClose === 'respond' || this.phase === 'upload') this.owner.probe.watch()
    return createRequestSignal()
  }

  private endAborted(): void {
    const by = isDeadline(this.reason) ? 'deadline' : 'drain'
    if (this.res.headersSent) {
      this.stop().ending = { kind: 'aborted', by }
      this.cut()
    } else {
      this.answerUnavailable({ kind: 'aborted', by })
    }
  }

  /** Makes sure that nobody takes a committed response for whole. */
  private cut(): void {
    const ending = this.upset?.ending ?? { kind: 'failed' }
    this.settle(ending)
    sealStatus(this.res, ending.by === 'deadline' || ending.by === 'drain' ? 503 : 500)
    this.buffer.drop()
    if ('stream' in this.req) this.req.stream.close(INTERNAL_ERROR)
    else this.connection?.cut(this)
  }

  private cutShort(by: 'client' | 'server' | 'drain', error: unknown): Upset {
    const upset = this.stop()
    const kind = this.isHijacked && !this.res.headersSent ? 'hijacked' : 'aborted'
    this.settle({ kind, by, error })
    if (by === 'client') sealStatus(this.res, CLIENT_GONE)
    else if (this.res.headersSent) sealStatus(this.res, by === 'drain' ? 503 : 500)
    this.buffer.drop()
    return upset
  }

  /** From here on its phase stays what it is now. */
  private stop(): Upset {
    const upset = this.upsetNow()
    upset.phase ??= this.phase
    return upset
  }

  private upsetNow(): Upset {
    this.upset ??= new Upset()
    return this.upset
  }

  private settle(ending: Ending): void {
    if (this.ended !== undefined) return
    this.ended = ending
    if (ending !== FLUSHED || this.isShared) this.outcomeOf(ending)
    if (this.timer !== undefined) clearTimeout(this.timer)
    this.owner.settled(this, ending)
    this.tellOutcome?.(this.outcomeOf(ending))
    this.overIfDone()
  }

  private overIfDone(): void {
    if (this.isOver || this.ended === undefined) return
    if (!this.isHandlerDone()) {
      this.owner.unsettled(this)
      return
    }
    this.isOver = true
    this.owner.over(this)
  }

  private isHandlerDone(): boolean {
    if (this.running > 0) return false
    if (this.isAdmitted === false || this.isTracked || this.upset?.hasGivenUp) return true
    if (this.connection?.isUpgraded) return true
    return this.buffer.isEnded || this.ended?.by === undefined
  }
}

const FLUSHED: Ending = { kind: 'flushed' }
const HIJACKED: Ending = { kind: 'hijacked' }

function passDeadline(exchange: ExchangeRecord): void {
  exchange.passDeadline()
}

function isUploaded(req: Request): boolean {
  if ('stream' in req) return req.stream.endAfterHeaders || req.stream.readableEnded
  return req.complete || !('content-length' in req.headers || 'transfer-encoding' in req.headers)
}

function isDeadline(reason: unknown): boolean {
  return isAbortReason(reason) && reason.code !== 'ERR_DRAIN_DEADLINE'
}
