import type { Buffer } from 'node:buffer'
import { Socket } from 'node:net'

/** For how long, and how much, is read from a client that goes on sending after our FIN. */
const MAX_MS = 2_000
const MAX_BYTES = 16 << 20

/** {@link endAndDiscard}, and cuts the client off that sends for too long. */
export function endAndLinger(socket: Socket): void {
  if (socket.destroyed) return
  if (socket.writableFinished) cutLater(socket)
  else socket.once('finish', () => cutLater(socket))
  endAndDiscard(socket)
}

/**
 * FIN, then reads and discards until the client has closed too: closing a socket with unread input
 * resets it, and the client loses the response that it has not read yet (RFC 9112 §9.6). A client that
 * sends too much is cut off; the caller sees to one that sends for too long.
 *
 * Nothing that arrives now reaches a handler. A listener for `'data'` takes the socket away from
 * Node's HTTP parser, which stops reading it by itself.
 */
export function endAndDiscard(socket: Socket): void {
  if (socket.destroyed) return
  let left = MAX_BYTES
  socket.removeAllListeners('data')
  socket.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) socket.destroy()
  })
  socket.resume()
  // Node 20 goes on waiting for a chunk that the parser has kept: an empty one makes it read again.
  socket.push('')
  if (!socket.writableEnded) socket.end()
  socket.end = endAgain
}

/** Node ends it again at the client's FIN, and makes an error of that, with its stack, which nobody gets. */
function endAgain(this: Socket, ...args: unknown[]): Socket {
  if (args.length === 0 && this.writableEnded) return this
  return Reflect.apply(Socket.prototype.end, this, args)
}

function cutLater(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), MAX_MS).unref()
  socket.once('close', () => clearTimeout(timer))
}
