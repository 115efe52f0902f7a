import { EventEmitter } from 'node:events'
import { IncomingMessage } from 'node:http'
import process from 'node:process'
import { Readable } from 'node:stream'
import { nodeMajor } from './node-version.ts'

/*
 * Most requests have no body, and nobody reads or hears them. Node ends each all the same as a stream ends: it is
 * resumed, `'end'` and `'close'` come in ticks of their own. That is a microsecond of the thirteen of "hello"; to
 * say at once that it has ended costs a tenth of that
 * ([decision 015](../../../docs/decisions/015-an-untouched-request-ends-unheard.md)).
 */

/** What Node has no public way to: throwing away what is unread, and that a stream is over. */
interface Dumpable extends IncomingMessage {
  _dump(): void
  readonly _readableState: {
    endEmitted: boolean
    destroyed: boolean
    closed: boolean
  }
}

const { _dump: dumpByNode, _destroy: destroyByNode } = IncomingMessage.prototype as Dumpable

/** The newest Node that ends a request behind its response's `'close'`; later ones end it before, and close it behind. */
const NEWEST_TO_END_LATE = 24
const endsLate = nodeMajor <= NEWEST_TO_END_LATE

/** When its response has finished, this request is over without an event, if nobody has touched it by then. */
export function endUnheard(request: IncomingMessage): void {
  const req = request as Dumpable
  if (req._dump === dumpByNode) req._dump = dump
}

/** Node calls it when the response has finished, and keeps a request in mind that has not ended by then. */
function dump(this: Dumpable): void {
  if (!this.complete || this.destroyed || this.readableLength > 0 || isHeard(this)) {
    dumpByNode.call(this)
    return
  }
  this._dump = nothingIsLeft
  this._readableState.endEmitted = true
  if (!endsLate) process.nextTick(end, this)
}

/** In the place of {@link dump} on a request that it has ended. */
function nothingIsLeft(): void {}

/** To be called when Node has done what it does as the response finishes: until the next tick the request has not ended. */
export function closeUnheard(request: IncomingMessage): void {
  const req = request as Dumpable
  if (req._dump !== nothingIsLeft || req.destroyed) return
  req._readableState.endEmitted = false
  if (endsLate) process.nextTick(close, req)
}

/** Whoever listens to the request by then is told as ever, and whoever does so until it has closed. */
function end(req: Dumpable): void {
  if (req.errored) return
  const state = req._readableState
  state.endEmitted = true
  if (req.listenerCount('end') > 0) req.emit('end')
  if (req.destroyed) return
  state.destroyed = true
  state.closed = true
  process.nextTick(tellClose, req)
}

function tellClose(req: Dumpable): void {
  if (req.listenerCount('close') > 0) req.emit('close')
}

/** The same where both come behind the response's `'close'`. */
function close(req: Dumpable): void {
  if (req.errored) return
  if (isHeard(req)) {
    req.read(0)
    return
  }
  const state = req._readableState
  state.endEmitted = true
  state.destroyed = true
  state.closed = true
}

/** By listeners, or by what somebody has put in the place of Node's methods. */
function isHeard(req: Dumpable): boolean {
  return (
    req.readableFlowing !== null ||
    req.listenerCount('end') > 0 ||
    req.listenerCount('close') > 0 ||
    req.emit !== EventEmitter.prototype.emit ||
    req.destroy !== Readable.prototype.destroy ||
    req._destroy !== destroyByNode
  )
}
