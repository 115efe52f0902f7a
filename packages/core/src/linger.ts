import type { Socket } from './node-types.ts'

/**
 * FIN, then reads and discards until the client has closed too: closing a socket with unread input
 * resets it, and the client loses the response that it has not read yet (RFC 9112 §9.6).
 *
 * Nothing that arrives now reaches a handler. A listener for `'data'` takes the socket away from
 * Node's HTTP parser, which stops reading it by itself.
 */
export function endAndDiscard(socket: Socket): void {
  if (socket.destroyed) return
  socket.removeAllListeners('data')
  socket.on('data', ignore)
  socket.resume()
  if (!socket.writableEnded) socket.end()
}

function ignore(): void {}
