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
  res.on('pipe', endSource)
  res.on('unpipe', endSource)
  res.on('newListener', answerWait)
  res.once('close', answerLateWaits)
  if (res.listenerCount('drain') > 0) setImmediate(emitDrain, res)
  setImmediate(emitMissedClose, res)
}

export function emitDrain(res: OpenResponse): void {
  res.emit('drain')
}

/** Node 20 and 22 emit nothing on a response that waits behind another when their client leaves. */
function emitMissedClose(res: OpenResponse): void {
  if (res.socket === null && res.closed === false && !res.writableEnded) res.emit('close')
}

function ignore(this: OpenResponse): OpenResponse {
  return this
}

function answerWait(this: OpenResponse, event: string | symbol): void {
  if (event === 'drain') setImmediate(emitDrain, this)
}

/** A `pipeline` that starts now waits for a `'close'` that has been: for ever on HTTP/2, in `once` on both. */
function answerLateWaits(this: OpenResponse): void {
  this.on('newListener', answerClose)
}

function answerClose(this: OpenResponse, event: string | symbol, listener: () => void): void {
  if (event === 'close') setImmediate(() => listener.call(this))
}

/**
 * A source that others read as well goes on for them; so does one that is written to, which may be the
 * hub of a broadcast and wait for its next client.
 */
function endSource(this: OpenResponse, source: Readable): void {
  setImmediate(destroyUnread, source)
}

function destroyUnread(source: Readable): void {
  const isRead = source.listenerCount('data') > 0 || source.listenerCount('readable') > 0
  if (!isRead && !('write' in source)) source.destroy()
}
