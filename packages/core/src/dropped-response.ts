import type { Readable } from 'node:stream'
import type { OpenResponse } from './node-types.ts'

/**
 * Makes a response that nobody receives harmless: headers may be set, whoever waits for `'drain'` is
 * answered, and what is piped into it ends. `source.pipe(res)` would leave its file open: the response
 * closes, the source does not.
 */
export function dropCalls(res: OpenResponse): void {
  res.setHeader = ignore
  res.appendHeader = ignore
  res.removeHeader = ignore
  // Node throws for these once a head is out, and it may be ours: a deadline's 503 (row A11 "headers and hints").
  if (res.setHeaders !== undefined) res.setHeaders = ignore
  if (res.writeProcessing !== undefined) res.writeProcessing = skip
  res.writeContinue = skip
  res.writeEarlyHints = skip
  if (res.listenerCount('unpipe') > 0) endSources(res)
  res.on('close', noteClose)
  res.on('newListener', answerWait)
  if (res.listenerCount('drain') > 0) setImmediate(emitDrain, res)
  if (res.closed === false && res.socket === null) setImmediate(emitMissedClose, res, true)
}

/** `pipe()` listens for `'unpipe'` before it says `'pipe'`: nobody else needs these. */
function endSources(res: OpenResponse): void {
  if (res.listeners('pipe').includes(endSource)) return
  res.on('pipe', endSource)
  res.on('unpipe', endSource)
}

/**
 * Makes `statusCode` say how the response ended, and not how its handler goes on: access logs and metrics
 * read it when the response closes, or after its handler, and would take what was sent for a success.
 * Only an error may still change it: Fastify logs errors by it.
 */
export function sealStatus(res: OpenResponse, given: number): void {
  const sealed: Sealed = res
  sealed[statusKey] = given
  Object.defineProperty(res, 'statusCode', sealedStatus)
}

const statusKey = Symbol.for('hangup.status')

interface Sealed extends OpenResponse {
  [statusKey]?: number
}

const sealedStatus: PropertyDescriptor = {
  configurable: true,
  get(this: Sealed) {
    return this[statusKey]
  },
  set(this: Sealed, later: number) {
    if (later >= 400) this[statusKey] = later
  },
}

export function emitDrain(res: OpenResponse): void {
  res.emit('drain')
}

/**
 * Node 20 and 22 emit nothing on a response that waits behind another when their client leaves. Newer ones do as the
 * socket closes, which is a turn away where the handler before has destroyed it just now.
 */
function emitMissedClose(res: OpenResponse, isEarly: boolean): void {
  if (res.closed !== false || res.writableEnded) return
  if (isEarly) setImmediate(emitMissedClose, res, false)
  else res.emit('close')
}

function ignore(this: OpenResponse): OpenResponse {
  return this
}

/** Of an informational response: whoever waits for it to be sent is answered. */
function skip(...args: unknown[]): void {
  const callback = args.at(-1)
  if (typeof callback === 'function') setImmediate(() => callback())
}

const closedKey = Symbol.for('hangup.closed')

interface Dropped extends OpenResponse {
  [closedKey]?: true
}

function noteClose(this: Dropped): void {
  this[closedKey] = true
}

/** A `pipeline` that starts now waits for a `'close'` that has been: for ever on HTTP/2, in `once` on both. */
function answerWait(this: Dropped, event: string | symbol, listener: () => void): void {
  if (event === 'drain') setImmediate(emitDrain, this)
  else if (event === 'unpipe') endSources(this)
  else if (event === 'close' && this[closedKey]) setImmediate(() => listener.call(this))
}

/**
 * A source that others read as well goes on for them; so does one that is written to, which may be the
 * hub of a broadcast and wait for its next client. Nobody ends the response of one that is destroyed.
 */
function endSource(this: OpenResponse, source: Readable): void {
  setImmediate(() => {
    if (endUnread(source)) this.end()
  })
}

function endUnread(source: Readable): boolean {
  const isRead = source.listenerCount('data') > 0 || source.listenerCount('readable') > 0
  if (isRead || ('write' in source && !isCompressor(source))) return false
  // What pipes into a compressor lets go of it when it closes, and waits for nobody then.
  if ('write' in source) source.on('unpipe', endLater)
  // Fastify, Koa and pipe() take streams of the old kind too, which need not have it.
  if (typeof source.destroy === 'function') source.destroy()
  return true
}

function endLater(source: Readable): void {
  setImmediate(endUnread, source)
}

/** zlib's streams: no hub of a broadcast is one, since nobody can begin to read it in its middle. */
function isCompressor(source: object): boolean {
  return 'flush' in source && 'bytesWritten' in source
}
