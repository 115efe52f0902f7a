import { Buffer } from 'node:buffer'
import process from 'node:process'
import { encodingOf, isData, sizeOf } from './chunks.ts'
import { dropCalls, emitDrain } from './dropped-response.ts'
import { HeldBody } from './held-body.ts'
import type { OpenResponse } from './node-types.ts'
import type { Settings } from './options.ts'
import {
  applyHead,
  applyStatus,
  correctLength,
  declareLength,
  isWholeHead,
} from './response-head.ts'
import {
  methodsOf,
  type NodeMethods,
  type ResponseCalls,
  takeCalls,
  takeFlush,
} from './response-methods.ts'
import { sendWhole } from './send-whole.ts'
import { invalidChunk, tellFailure, writeAfterEnd } from './write-errors.ts'

type Mode =
  /** Status, headers and body can still change: nothing has been given to Node. */
  | 'holding'
  /** Committed, or never held: every call goes to Node at once. */
  | 'straight'
  /** Nobody is there to receive it: calls do nothing, and whoever waits is answered. */
  | 'dropping'

/** The exchange of the response: told what its handler does besides writing. */
export interface BufferOwner {
  readonly res: OpenResponse
  readonly isHttp2: boolean
  readonly limits: Settings['buffer']
  endedUnheard(): void
  /** It is about to end, and the kernel may not take it at once. */
  endsLarge(): void
  /** Somebody on this side destroys the response. */
  destroyedHere(error: unknown): void
}

const EVENT_STREAM = /^\s*text\/event-stream/i
/** Time for a handler to answer after it, or a `pipeline` of it, has destroyed what nobody has seen. */
const GIVE_UP_MS = 1_000

/** Bytes of body: what a socket's send buffer has room for, at the least. */
const LARGE = 16_384

/**
 * Holds one response until it ends, grows past `maxBytes` or has waited for `maxDelayMs`; then
 * commits it: as one write with its Content-Length, or as the start of a stream.
 *
 * This is a class because each request has one: one shape, and no closure.
 */
export class ResponseBuffer implements ResponseCalls {
  /** Bytes of body given to Node so far. */
  bytes = 0
  /** Whether the handler has called `end()` or `destroy()`, be there a client or not. */
  isEnded = false
  private mode: Mode
  private held: HeldBody | undefined = undefined
  /** What `writeHead` was given, where that can wait for `end`. */
  private headers: unknown = undefined
  private hasTrailers = false
  private timer: NodeJS.Timeout | undefined = undefined
  private hasOwnFlush = true
  private endCallback: (() => void) | undefined = undefined
  /** What the handler has destroyed the response with, before anybody had seen of it. */
  private failure: unknown = undefined
  private readonly owner: BufferOwner
  private readonly res: OpenResponse
  private readonly node: NodeMethods

  constructor(owner: BufferOwner) {
    const { res } = owner
    this.owner = owner
    this.res = res
    this.mode = owner.limits === false ? 'straight' : 'holding'
    this.node = methodsOf(res)
    takeCalls(res, this)
  }

  /** Forgets the held body, so that an error page can take its place. */
  discard(): void {
    if (this.timer !== undefined) clearTimeout(this.timer)
    this.timer = undefined
    this.headers = undefined
    this.held = undefined
    this.hasTrailers = false
  }

  /**
   * Gives Node what is held and holds nothing more. Returns what Node's `write` returned. Throws for a head
   * that is wrong: then it is held as before.
   */
  goStraight(): boolean {
    if (this.mode !== 'holding') return true
    if (this.isFalseSuccess()) return this.giveUp()
    this.applyHeaders()
    this.mode = 'straight'
    try {
      const isTaken = this.held === undefined || this.sendHeld(this.held)
      this.discard()
      return isTaken
    } catch (error) {
      this.mode = 'holding'
      throw error
    }
  }

  /** Ends the response with this body instead of the held one, and drops what comes later. */
  endWith(body: string): void {
    this.discard()
    this.mode = 'straight'
    this.isEnded = true
    const size = Buffer.byteLength(body)
    declareLength(this.res, size)
    this.sendEnd(body, undefined, undefined, size)
    this.drop()
  }

  /**
   * From here on nothing is written and nothing throws. Callbacks are called, `'drain'` is emitted
   * after a write, and a source that pipes into the response is destroyed: a wait on somebody who
   * left would never end otherwise.
   */
  drop(): void {
    if (this.mode === 'dropping') return
    this.discard()
    this.mode = 'dropping'
    dropCalls(this.res)
    if (this.endCallback !== undefined) process.nextTick(this.endCallback)
  }

  write(chunk: unknown, encoding: unknown, callback: unknown): boolean {
    if (typeof encoding === 'function') return this.write(chunk, undefined, encoding)
    if (this.mode === 'dropping') return this.dropWrite(callback)
    if (this.res.writableEnded) return this.writeLate(callback)
    if (this.mode === 'holding') {
      if (!isData(chunk)) throw invalidChunk(chunk)
      this.applyHeaders()
      if (this.mayHold()) return this.hold(chunk, encodingOf(chunk, encoding), callback)
      this.goStraight()
    }
    return this.sendWrite(chunk, encoding, callback)
  }

  end(chunk: unknown, encoding: unknown, callback: unknown): unknown {
    if (typeof chunk === 'function') return this.end(undefined, undefined, chunk)
    if (typeof encoding === 'function') return this.end(chunk, undefined, encoding)
    if (this.mode === 'dropping') return this.dropEnd(callback)
    if (this.isEnded) return this.endAgain(chunk, callback)
    if (this.mode === 'holding' && chunk && !isData(chunk)) throw invalidChunk(chunk)
    if (this.isFalseSuccess()) {
      this.giveUp()
      return this.dropEnd(callback)
    }
    this.isEnded = true
    try {
      const called = isCallback(callback) ? this.onceCalled(callback) : undefined
      if (this.held !== undefined) return this.endHeld(this.held, chunk, encoding, called)
      const { headers } = this
      this.headers = undefined
      if (this.timer !== undefined) this.discard()
      this.mode = 'straight'
      return this.sendEnd(chunk, encoding, called, sizeOf(chunk, encoding), headers)
    } catch (error) {
      this.isEnded = false // A wrong header, length or encoding: the handler fails with this response still open.
      throw error
    }
  }

  writeHead(statusCode: number, reason: unknown, headers: unknown): unknown {
    if (this.mode === 'straight')
      return this.node.writeHead.call(this.res, statusCode, reason, headers)
    if (this.mode === 'dropping') return this.res
    this.applyHeaders()
    if (this.held === undefined && !this.owner.isHttp2 && isWholeHead(reason)) {
      applyStatus(this.res, statusCode)
      this.headers = reason
    } else {
      applyHead(this.res, statusCode, reason, headers)
    }
    if (this.hasOwnFlush) this.hasOwnFlush = takeFlush(this.res)
    return this.res
  }

  /** Trailers need the chunked coding, so a body that has some is never given a Content-Length. */
  addTrailers(headers: unknown): void {
    if (this.mode === 'dropping') return
    this.applyHeaders()
    this.hasTrailers = true
    this.node.addTrailers.call(this.res, headers)
  }

  flushHeaders(): void {
    if (this.mode === 'dropping') return
    this.goStraight()
    this.node.flushHeaders?.call(this.res)
  }

  /** Who flushes wants to be seen at once, now and later. */
  flush(): void {
    this.goStraight()
  }

  /**
   * A `pipeline` into the response destroys it when its source fails, before the handler hears of it:
   * where nothing has been sent, the handler's own failure may still become a page.
   */
  destroy(error: unknown): unknown {
    if (this.mode === 'holding' && error != null && !this.isEnded) return this.failSoon(error)
    this.isEnded = true
    this.owner.destroyedHere(error)
    return this.node.destroy.call(this.res, error)
  }

  private failSoon(error: unknown): OpenResponse {
    this.discard()
    this.failure = error
    this.timer = setTimeout(giveUp, GIVE_UP_MS, this).unref()
    process.nextTick(tellFailure, this.res, error)
    return this.res
  }

  /** Whether a handler that has destroyed the response goes on as if it had not. An error page is none. */
  private isFalseSuccess(): boolean {
    return this.failure !== undefined && this.mode === 'holding' && this.res.statusCode < 400
  }

  /** The handler has not answered. */
  giveUp(): false {
    this.discard()
    this.mode = 'straight'
    this.destroy(this.failure)
    return false
  }

  private applyHeaders(): void {
    const { headers } = this
    this.headers = undefined
    if (headers !== undefined) applyHead(this.res, this.res.statusCode, headers, undefined)
  }

  /** HTTP/2's stream may have been given a head by itself. */
  private mayHold(): boolean {
    if (this.res.headersSent) return false
    if (this.held !== undefined) return true
    const type = this.res.getHeader('content-type')
    if (typeof type === 'string' && EVENT_STREAM.test(type)) return false
    return this.res.getHeader('x-accel-buffering') !== 'no'
  }

  private hold(chunk: string | Uint8Array, encoding: BufferEncoding, callback: unknown): boolean {
    const held = this.held ?? this.startHolding()
    held.add(chunk, encoding)
    if (typeof callback === 'function') process.nextTick(callback)
    const { limits } = this.owner
    return limits !== false && held.isLargerThan(limits.maxBytes) ? this.goStraight() : true
  }

  private startHolding(): HeldBody {
    const { limits } = this.owner
    if (this.timer !== undefined) clearTimeout(this.timer)
    if (limits !== false) this.timer = setTimeout(commitLate, limits.maxDelayMs, this).unref()
    this.held = new HeldBody()
    return this.held
  }

  private endHeld(held: HeldBody, chunk: unknown, encoding: unknown, callback: unknown): unknown {
    if (isData(chunk)) held.add(chunk, encodingOf(chunk, encoding))
    const { hasTrailers } = this
    const body = held.join()
    const size = sizeOf(body, undefined)
    this.discard()
    this.mode = 'straight'
    const { headersSent } = this.res
    if (!headersSent) correctLength(this.res, size)
    if (hasTrailers || headersSent) {
      this.sendWrite(body, undefined, undefined, size)
      return this.sendEnd(undefined, undefined, callback, 0)
    }
    declareLength(this.res, size)
    return this.sendEnd(body, undefined, callback, size)
  }

  /**
   * The response is on its way and its reader has nothing to do with this mistake. Node would emit an
   * `'error'` that ends the process where nobody listens; on HTTP/2 it would reset the stream.
   */
  private writeLate(callback: unknown): boolean {
    const error = writeAfterEnd()
    if (isCallback(callback)) process.nextTick(callback, error)
    process.nextTick(tellFailure, this.res, error)
    return false
  }

  private endAgain(chunk: unknown, callback: unknown): unknown {
    if (!isData(chunk) || chunk.length === 0)
      return this.node.end.call(this.res, undefined, undefined, callback)
    this.writeLate(callback)
    return this.res
  }

  private sendHeld(held: HeldBody): boolean {
    return this.sendWrite(held.join(), undefined, undefined)
  }

  private sendWrite(
    chunk: unknown,
    encoding: unknown,
    callback: unknown,
    size = sizeOf(chunk, encoding),
  ): boolean {
    if (!isData(chunk)) return this.node.write.call(this.res, chunk, encoding, callback)
    const called = this.owner.isHttp2 ? this.countWritten(size, callback) : callback
    const isTaken = this.node.write.call(this.res, chunk, encoding, called)
    if (!this.owner.isHttp2) this.bytes += size
    return isTaken
  }

  /**
   * HTTP/2's own `end` hands its chunk to `res.write`, whoever has put theirs there: `compression`'s takes
   * nothing more once it has been ended.
   */
  private sendEnd(
    chunk: unknown,
    encoding: unknown,
    callback: unknown,
    size: number,
    headers?: unknown,
  ): unknown {
    const { res, node } = this
    if (headers !== undefined) node.writeHead.call(res, res.statusCode, headers)
    if (!this.owner.isHttp2) {
      this.bytes += size
      if (this.bytes > LARGE) this.owner.endsLarge()
      return sendWhole(res, node, chunk, encoding, size, callback)
    }
    if (isData(chunk) && res.stream?.destroyed === false) {
      this.sendWrite(chunk, encoding, undefined, size)
      return node.end.call(res, undefined, undefined, callback)
    }
    return node.end.call(res, chunk, encoding, callback)
  }

  /** What a reset stream had still to send is gone when its `'close'` comes, so it is counted as it goes. */
  private countWritten(size: number, callback: unknown): (error?: Error | null) => void {
    return (error) => {
      // Node 26 calls back without an error for what a destroyed stream had not sent.
      if (!error && this.res.stream?.destroyed === false) this.bytes += size
      if (isCallback(callback)) callback(error)
    }
  }

  /** Node never calls back when the client leaves behind a pipelined response: `drop` does. */
  private onceCalled(callback: (...args: unknown[]) => unknown): () => void {
    let isCalled = false
    this.endCallback = (...args: unknown[]) => {
      if (isCalled) return
      isCalled = true
      callback(...args)
    }
    return this.endCallback
  }

  private dropWrite(callback: unknown): boolean {
    if (typeof callback === 'function') process.nextTick(callback)
    setImmediate(emitDrain, this.res)
    return false
  }

  private dropEnd(callback: unknown): unknown {
    if (typeof callback === 'function') process.nextTick(callback)
    if (!this.isEnded) {
      this.isEnded = true
      if (this.res.destroyed && !this.res.writableEnded) this.node.end.call(this.res)
      this.owner.endedUnheard()
    }
    return this.res
  }
}

function commitLate(buffer: ResponseBuffer): void {
  try {
    buffer.goStraight()
  } catch {
    // A wrong head: the handler hears of it when it goes on.
  }
}

function giveUp(buffer: ResponseBuffer): void {
  buffer.giveUp()
}

function isCallback(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function'
}
