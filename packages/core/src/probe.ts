import type { IncomingMessage } from 'node:http'
import type { Connection } from './connection.ts'
import type { ExchangeRecord } from './exchange-record.ts'
import type { ExchangeSet } from './exchange-set.ts'
import type { Socket } from './node-types.ts'

const EVERY_MS = 250

/**
 * Bytes of a body that a handler leaves unread, up to which its client's FIN is still found. Node stops
 * reading the socket after some 64 KiB, and a FIN stands behind everything that was sent before it.
 */
const READ_AHEAD_BYTES = 1_048_576

/** Looks after exchanges and sessions whose clients can leave without an event. */
export interface Probe {
  /** There is an exchange that may be one of them, from now on. */
  watch(): void
  /** The session on this connection has written to it. */
  sessionWrote(connection: Connection): void
}

/**
 * - A socket that Node does not read, since a body is unread or the client has shut its side: an empty
 *   write puts nothing on the wire, and fails once a reset has arrived. Behind an unread body the
 *   client's FIN is read up to.
 * - HTTP/2 over TLS: up to Node 24 a session swallows the ECONNRESET of its own write, and stays open for
 *   ever. It is asked while it has streams, and once more after each write that we know of.
 * - An HTTP/2 stream reset with NO_ERROR while it waits for its window: `closed`, never destroyed, no
 *   event (Node 20 to 24).
 *
 * One timer for all, which stops when nothing is left to look after.
 */
export function createProbe(exchanges: ExchangeSet<ExchangeRecord>): Probe {
  let timer: NodeJS.Timeout | undefined
  /** Connections by how many looks ago their sessions wrote: none and one. */
  let fresh = new Set<Connection>()
  let aged = new Set<Connection>()

  function look(): void {
    const due = aged
    aged = fresh
    fresh = new Set()
    let isNeeded = aged.size > 0
    for (const exchange of exchanges) isNeeded = probe(exchange, due) || isNeeded
    for (const { tcp } of due) writeNothing(tcp)
    if (isNeeded) return
    clearInterval(timer)
    timer = undefined
  }

  function watch(): void {
    timer ??= setInterval(look, EVERY_MS).unref()
  }

  return {
    watch,
    sessionWrote(connection) {
      if (!isOverTls(connection)) return
      fresh.add(connection)
      watch()
    },
  }
}

/** Tells whether it has to be looked at again. */
function probe(exchange: ExchangeRecord, due: Set<Connection>): boolean {
  const { req, connection } = exchange
  if ('stream' in req) {
    const { stream } = req
    if (stream.closed && !stream.destroyed) stream.destroy()
    else if (connection !== undefined && isOverTls(connection)) due.add(connection)
    return true
  }
  if (!exchange.wantsProbe || connection === undefined) return false
  const { tcp, socket } = connection
  if (!req.complete && (req.destroyed || req.readableLength > 0)) readAhead(req, socket)
  writeNothing(tcp ?? socket)
  return true
}

/** Without TLS the session itself writes to the TCP socket, and nobody else may; unattached it is not known. */
function isOverTls({ tcp, socket }: Connection): boolean {
  return tcp !== undefined && tcp !== socket
}

function writeNothing(socket: Socket | undefined): void {
  if (socket?.writable && socket.writableLength === 0) socket.write('')
}

/**
 * Pausing and resuming the socket makes Node's parser read on, past what it holds for the handler. Of a body that
 * the handler has given up nothing is held.
 */
function readAhead(req: IncomingMessage, socket: Socket, atMost = READ_AHEAD_BYTES): void {
  const before = socket.bytesRead
  if (atMost <= 0 || req.readableLength >= READ_AHEAD_BYTES) return
  socket.pause()
  socket.resume()
  setTimeout(() => {
    const bytes = socket.bytesRead - before
    if (bytes > 0) readAhead(req, socket, atMost - bytes)
  }, 1).unref()
}
