import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { type Connection, knownConnection } from './connection.ts'
import { endAndLinger } from './linger.ts'

/*
 * A reply to an upload that is still arriving, and that nobody reads: a 413, a 401. A client that goes
 * on sending finds its connection reset, and loses the reply, if it is closed at once; on HTTP/1 that
 * is 15 of 15 (conformance row B10).
 */

/** How much more of it is read before the connection is closed, and for how long. */
const MAX_MS = 2_000
const MAX_BYTES = 16 << 20
const LOOK_MS = 50

/** Node closes a connection by `destroySoon` after its last response, and only ends a stream that has none. */
export function closeGently(socket: Socket): void {
  if (socket instanceof Socket) socket.destroySoon = destroyOrLinger
}

function destroyOrLinger(this: Socket): void {
  const connection = knownConnection(this)
  const req = connection?.oldest?.req
  if (connection === undefined || req === undefined || req.complete) {
    Socket.prototype.destroySoon.call(this)
  } else {
    close(connection)
  }
}

/**
 * After a response on a connection that stays open: the rest of a small upload is read, so that the next
 * request can follow; a large or slow one ends with the connection. One that is being read all the
 * same, by a handler that answered first, is left alone.
 */
export function skipUpload(connection: Connection, req: IncomingMessage): void {
  const { socket } = connection
  if (req.complete || socket.destroyed || socket.writableEnded || isRead(req)) return
  if (req.destroyed) close(connection)
  else readOn(connection, req)
}

/**
 * After a response that did not wait for its upload: Node tells the reader of the body nothing when the
 * client leaves from there on, and a handler in `for await` never ends (row A11 "an upload that is not through").
 */
export function failUploadOnClose(socket: Socket, req: IncomingMessage): void {
  if (req.complete || req.destroyed) return
  const fail = () => {
    if (!req.complete) req.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))
  }
  socket.once('close', fail)
  req.once('close', () => socket.removeListener('close', fail))
}

function readOn(connection: Connection, req: IncomingMessage): void {
  const { socket } = connection
  const maxBytesRead = socket.bytesRead + MAX_BYTES
  const until = performance.now() + MAX_MS
  req.resume()
  const looking = setInterval(() => {
    const isOver = req.complete || socket.destroyed || isRead(req)
    const isTooMuch = socket.bytesRead > maxBytesRead || performance.now() > until
    if (isOver || isTooMuch) clearInterval(looking)
    if (isTooMuch && !isOver) close(connection)
  }, LOOK_MS).unref()
}

function close(connection: Connection): void {
  connection.endedAt ??= performance.now()
  endAndLinger(connection.socket)
}

function isRead(req: IncomingMessage): boolean {
  return !req.destroyed && (req.listenerCount('data') > 0 || req.listenerCount('readable') > 0)
}
