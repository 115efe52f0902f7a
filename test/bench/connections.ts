import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** Makes keep-alive connections with a request each, and leaves them open. */
export interface Order {
  readonly port: number
  readonly path: string
  readonly count: number
  /** Requests on each, all at once. Default 1. */
  readonly depth?: number
}

export interface Made {
  readonly open: number
}

const AT_ONCE = 200
/** For requests that nobody answers: time for the last of them to arrive. */
const ARRIVE_MS = 300
let open = 0

process.on('message', async ({ port, path, count, depth = 1 }: Order) => {
  for (let made = 0; made < count; made += AT_ONCE) {
    const batch = Math.min(AT_ONCE, count - made)
    await Promise.all(Array.from({ length: batch }, () => make(port, path, depth)))
    if (path === '/hold') await knock(port)
  }
  if (path === '/hold') await pause(ARRIVE_MS)
  process.send?.({ open } satisfies Made)
})
process.on('disconnect', () => process.exit())
process.send?.({})

/** A server holds its answer to `/hold` back, and then says nothing that could be waited for. */
async function make(port: number, path: string, depth: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.on('close', () => {
    open--
  })
  await once(socket, 'connect')
  open++
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(depth))
  if (path === '/hold') socket.resume()
  else await once(socket, 'data')
  return socket
}

/**
 * Waits until the connections before it are accepted: those that overflow the listener's queue cost a second
 * each, until the client sends its SYN again.
 */
async function knock(port: number): Promise<void> {
  const socket = await make(port, '/', 1)
  const closed = once(socket, 'close')
  socket.destroy()
  await closed
}
