import type { IncomingMessage } from 'node:http'
import type { ExchangeRecord } from './exchange-record.ts'
import type { ExchangeSet } from './exchange-set.ts'
import type { Socket } from './node-types.ts'

const EVERY_MS = 250

/**
 * Bytes of a body that a handler leaves unread, up to which its client's FIN is still found. Node stops
 * reading the socket after some 64 KiB, and a FIN stands behind everything that was sent before it.
 */
const READ_AHEAD_BYTES = 1_048_576

/** Looks after exchanges whose clients can leave without an event. */
export interface Probe {
  /** This exchange may be one of them, from now on. */
  watch(): void
}

/**
 * - A socket that Node does not read, since a body is unread or the client has shut its side: an empty
 *   write puts nothing on the wire, and fails once a reset has arrived. Behind an unread body the
 *   client's FIN is read up to.
 * - HTTP/2 over TLS with a response that waits for its window: Node 20 to 24 miss a reset there, too.
 * - An HTTP/2 stream reset with NO_ERROR while it waits for its window: `closed`, never destroyed, no
 *   event (Node 20 to 24).
 *
 * One timer for all exchanges, which stops when none is left to look after.
 */
export function createProbe(exchanges: ExchangeSet<ExchangeRecord>): Probe {
  let timer: NodeJS.Timeout | undefined

  function look(): void {
    let isNeeded = false
    for (const exchange of exchanges) isNeeded = probe(exchange) || isNeeded
    if (isNeeded) return
    clearInterval(timer)
    timer = undefined
  }

  return {
    watch() {
      timer ??= setInterval(look, EVERY_MS).unref()
    },
  }
}

/** Tells whether it has to be looked at again. */
function probe({ req, result, connection, wantsProbe }: ExchangeRecord): boolean {
  if (result !== undefined) return false
  const tcp = connection?.tcp
  if ('stream' in req) {
    const { stream } = req
    if (stream.closed && !stream.destroyed) stream.destroy()
    // Without TLS the session itself writes to the TCP socket, and nobody else may.
    else if (stream.writableLength > 0 && tcp !== connection?.socket) writeNothing(tcp)
    return true
  }
  if (!wantsProbe) return false
  if (!req.complete && req.readableLength > 0) readAhead(req, req.socket)
  writeNothing(tcp ?? req.socket)
  return true
}

function writeNothing(socket: Socket | undefined): void {
  if (socket?.writable && socket.writableLength === 0) socket.write('')
}

/** Pausing and resuming the socket makes Node's parser read on, past what it holds for the handler. */
function readAhead(req: IncomingMessage, socket: Socket): void {
  const before = req.readableLength
  if (before >= READ_AHEAD_BYTES || req.destroyed) return
  socket.pause()
  socket.resume()
  setTimeout(() => {
    if (req.readableLength > before) readAhead(req, socket)
  }, 1).unref()
}
