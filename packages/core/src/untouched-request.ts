import { IncomingMessage } from 'node:http'
import process from 'node:process'

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

const { _dump: dumpByNode } = IncomingMessage.prototype as Dumpable

/** The newest Node that ends a request behind its response's `'close'`; later ones end it before, and close it behind. */
const NEWEST_TO_END_LATE = 24
const endsLate = Number.parseInt(process.versions.node, 10) <= NEWEST_TO_END_LATE

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
  this._readableState.endEmitted = true
  if (!endsLate) process.nextTick(end, this)
}

/** To be called when Node has done what it does as the response finishes: until the next tick the request has not ended. */
export function closeUnheard(request: IncomingMessage): void {
  const req = request as Dumpable
  if (req._dump !== dump || !req.readableEnded || req.destroyed) return
  req._readableState.endEmitted = false
  process.nextTick(close, req)
}

function end(req: Dumpable): void {
  req._readableState.endEmitted = true
  if (req.listenerCount('end') > 0) req.emit('end')
}

/** Whoever listens to the request by then is told as ever. */
function close(req: Dumpable): void {
  const state = req._readableState
  if (isHeard(req)) {
    if (state.endEmitted) req.destroy()
    else req.read(0)
    return
  }
  state.endEmitted = true
  state.destroyed = true
  state.closed = true
}

function isHeard(req: IncomingMessage): boolean {
  return (
    req.readableFlowing !== null || req.listenerCount('end') > 0 || req.listenerCount('close') > 0
  )
}
