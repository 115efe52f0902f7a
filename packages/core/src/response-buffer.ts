import { byteLength, type Chunk, encodingOf, isData, joinChunks } from './chunks.ts'
import { dropHeaders } from './dropped-response.ts'
import type { OpenResponse } from './node-types.ts'
import type { Settings } from './options.ts'
import { applyHead } from './response-head.ts'

type Mode =
  /** Status, headers and body can still change: nothing has been given to Node. */
  | 'holding'
  /** Committed, or never held: every call goes to Node at once. */
  | 'straight'
  /** Nobody is there to receive it: calls do nothing, and whoever waits is answered. */
  | 'dropping'

/** Told what the response's handler does besides writing. */
export interface BufferOwner {
  endedUnheard(): void
  /** Somebody on this side destroys the response. */
  destroyedHere(error: unknown): void
}

const bufferKey = Symbol.for('hangup.buffer')

interface BufferedResponse extends OpenResponse {
  [bufferKey]: ResponseBuffer
}

/**
 * Holds one response until it ends, grows past `maxBytes` or has waited for `maxDelayMs`; then
 * commits it: as one write with its Content-Length, or as the start of a stream.
 *
 * Five methods of the response become own properties, the same functions on every response. A
 * patched prototype would touch all servers of the process, and Express swaps prototypes on each
 * request. This is a class because each request has one: one shape, and no closure.
 */
export class ResponseBuffer {
  /** Bytes of body given to Node so far. */
  bytes = 0
  /** Whether the handler has called `end()`, be there a client or not. */
  isEnded = false
  private mode: Mode
  private chunks: Chunk[] | undefined = undefined
  private heldBytes = 0
  private hasTrailers = false
  private timer: NodeJS.Timeout | undefined = undefined
  private endCallback: (() => void) | undefined = undefined
  private readonly limits: Settings['buffer']
  private readonly owner: BufferOwner
  private readonly isHttp2: boolean
  private readonly res: BufferedResponse
  private readonly nodeWrite: OpenResponse['write']
  private readonly nodeEnd: OpenResponse['end']
  private readonly nodeWriteHead: OpenResponse['writeHead']
  private readonly nodeFlushHeaders: OpenResponse['flushHeaders']
  private readonly nodeDestroy: OpenResponse['destroy']

  constructor(
    response: OpenResponse,
    limits: Settings['buffer'],
    owner: BufferOwner,
    isHttp2: boolean,
  ) {
    this.isHttp2 = isHttp2
    const res = response as BufferedResponse
    this.mode = limits === false ? 'straight' : 'holding'
    this.limits = limits
    this.owner = owner
    this.res = res
    this.nodeWrite = res.write
    this.nodeEnd = res.end
    this.nodeWriteHead = res.writeHead
    this.nodeFlushHeaders = res.flushHeaders
    this.nodeDestroy = res.destroy
    res[bufferKey] = this
    res.write = write
    res.end = end
    res.writeHead = writeHead
    res.flushHeaders = flushHeaders
    res.destroy = destroy
  }

  /** Forgets the held body, so that an error page can take its place. */
  discard(): void {
    if (this.timer !== undefined) clearTimeout(this.timer)
    this.timer = undefined
    this.chunks = undefined
    this.heldBytes = 0
    this.hasTrailers = false
  }

  /** Gives Node what is held and holds nothing more. Returns what Node's `write` returned. */
  goStraight(): boolean {
    if (this.mode !== 'holding') return true
    const { chunks } = this
    this.discard()
    this.mode = 'straight'
    if (chunks === undefined) return true
    const { data, encoding } = joinChunks(chunks)
    return this.sendWrite(data, encoding, undefined)
  }

  /** Ends the response with this body instead of the held one, and drops what comes later. */
  endWith(body: string): void {
    this.discard()
    this.mode = 'straight'
    this.isEnded = true
    this.sendEnd(body, undefined, undefined)
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
    dropHeaders(this.res)
    if (this.res.listenerCount('drain') > 0) setImmediate(emitDrain, this.res)
    if (this.endCallback !== undefined) process.nextTick(this.endCallback)
  }

  write(chunk: unknown, encoding: unknown, callback: unknown): boolean {
    if (typeof encoding === 'function') return this.write(chunk, undefined, encoding)
    if (this.mode === 'dropping') return this.dropWrite(callback)
    if (this.mode === 'holding') {
      if (isData(chunk) && this.mayHold()) return this.hold(chunk, encodingOf(encoding), callback)
      this.goStraight()
    }
    return this.sendWrite(chunk, encoding, callback)
  }

  end(chunk: unknown, encoding: unknown, callback: unknown): unknown {
    if (typeof chunk === 'function') return this.end(undefined, undefined, chunk)
    if (typeof encoding === 'function') return this.end(chunk, undefined, encoding)
    if (this.mode === 'dropping') return this.dropEnd(callback)
    this.isEnded = true
    const called = isCallback(callback) ? this.onceCalled(callback) : undefined
    if (this.chunks !== undefined) return this.endHeld(this.chunks, chunk, encoding, called)
    this.mode = 'straight'
    return this.sendEnd(chunk, encoding, called)
  }

  writeHead(statusCode: number, reason: unknown, headers: unknown): unknown {
    if (this.mode === 'straight')
      return this.nodeWriteHead.call(this.res, statusCode, reason, headers)
    if (this.mode === 'holding') applyHead(this.res, statusCode, reason, headers)
    return this.res
  }

  flushHeaders(): void {
    if (this.mode === 'dropping') return
    this.goStraight()
    this.nodeFlushHeaders?.call(this.res)
  }

  destroy(error: unknown): unknown {
    this.owner.destroyedHere(error)
    return this.nodeDestroy.call(this.res, error)
  }

  /** Trailers need the chunked coding, so a body that has some is never given a Content-Length. */
  keepTrailers(): void {
    this.hasTrailers = true
  }

  private mayHold(): boolean {
    if (this.chunks !== undefined) return true
    const type = this.res.getHeader('content-type')
    if (typeof type === 'string' && type.startsWith('text/event-stream')) return false
    return this.res.getHeader('x-accel-buffering') !== 'no'
  }

  private hold(chunk: string | Uint8Array, encoding: BufferEncoding, callback: unknown): boolean {
    // Whoever waits for the callback may use the memory again once it has been called.
    const data =
      typeof callback === 'function' && typeof chunk !== 'string' ? Buffer.from(chunk) : chunk
    if (this.chunks === undefined) this.startHolding()
    this.chunks?.push({ data, encoding })
    this.heldBytes += byteLength(data, encoding)
    if (typeof callback === 'function') process.nextTick(callback)
    if (this.limits !== false && this.heldBytes <= this.limits.maxBytes) return true
    return this.goStraight()
  }

  private startHolding(): void {
    this.chunks = []
    this.res.addTrailers = addTrailers
    if (this.limits !== false)
      this.timer = setTimeout(commitLate, this.limits.maxDelayMs, this).unref()
  }

  private endHeld(chunks: Chunk[], chunk: unknown, encoding: unknown, callback: unknown): unknown {
    if (isData(chunk)) chunks.push({ data: chunk, encoding: encodingOf(encoding) })
    const { hasTrailers } = this
    const body = joinChunks(chunks)
    this.discard()
    this.mode = 'straight'
    if (!hasTrailers) return this.sendEnd(body.data, body.encoding, callback)
    this.sendWrite(body.data, body.encoding, undefined)
    return this.sendEnd(undefined, undefined, callback)
  }

  private sendWrite(chunk: unknown, encoding: unknown, callback: unknown): boolean {
    if (!isData(chunk)) return this.nodeWrite.call(this.res, chunk, encoding, callback)
    const size = byteLength(chunk, encoding)
    if (!this.isHttp2) this.bytes += size
    const called = this.isHttp2 ? this.countWritten(size, callback) : callback
    return this.nodeWrite.call(this.res, chunk, encoding, called)
  }

  /** HTTP/2's own `end` hands its chunk to `write`, and so to `sendWrite`. */
  private sendEnd(chunk: unknown, encoding: unknown, callback: unknown): unknown {
    if (isData(chunk) && !this.isHttp2) this.bytes += byteLength(chunk, encoding)
    return this.nodeEnd.call(this.res, chunk, encoding, callback)
  }

  /** What a reset stream had still to send is gone when its `'close'` comes, so it is counted as it goes. */
  private countWritten(size: number, callback: unknown): (error?: Error | null) => void {
    return (error) => {
      if (!error) this.bytes += size
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
      if (!this.res.writableEnded) this.nodeEnd.call(this.res)
      this.owner.endedUnheard()
    }
    return this.res
  }
}

function write(
  this: BufferedResponse,
  chunk: unknown,
  encoding?: unknown,
  callback?: unknown,
): boolean {
  return this[bufferKey].write(chunk, encoding, callback)
}

function end(
  this: BufferedResponse,
  chunk?: unknown,
  encoding?: unknown,
  callback?: unknown,
): unknown {
  return this[bufferKey].end(chunk, encoding, callback)
}

function writeHead(
  this: BufferedResponse,
  status: number,
  reason?: unknown,
  headers?: unknown,
): unknown {
  return this[bufferKey].writeHead(status, reason, headers)
}

function flushHeaders(this: BufferedResponse): void {
  this[bufferKey].flushHeaders()
}

function destroy(this: BufferedResponse, error?: unknown): unknown {
  return this[bufferKey].destroy(error)
}

function addTrailers(this: BufferedResponse, headers: unknown): void {
  this[bufferKey].keepTrailers()
  Object.getPrototypeOf(this).addTrailers.call(this, headers)
}

function commitLate(buffer: ResponseBuffer): void {
  buffer.goStraight()
}

function emitDrain(res: OpenResponse): void {
  res.emit('drain')
}

function isCallback(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function'
}
