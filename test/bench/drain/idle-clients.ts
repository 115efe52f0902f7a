import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** Connections that have had one answer each and are then left idle; or, next, requests on some of them. */
export type Order =
  | { readonly port: number; readonly connections: number }
  | { readonly knock: true }

/** What became of requests on connections of which their clients did not know that they close. */
export interface Knocked {
  readonly answered: number
  readonly lost: number
}

const AT_ONCE = 200
/** So many of the connections are used once more, one after the other. */
const KNOCKS = 50
const KNOCK_EVERY_MS = 10
const POST =
  'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello'

const idle: Socket[] = []

process.on('message', async (order: Order) => {
  if ('knock' in order) {
    process.send?.(await knock())
  } else {
    for (let made = 0; made < order.connections; made += AT_ONCE) {
      const batch = Math.min(AT_ONCE, order.connections - made)
      await Promise.all(Array.from({ length: batch }, () => open(order.port)))
    }
    process.send?.({})
  }
})
process.on('disconnect', () => process.exit())
process.send?.({})

async function open(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(POST)
  await once(socket, 'data')
  idle.push(socket)
}

/** Nobody sends on a connection that it has seen closed. */
async function knock(): Promise<Knocked> {
  const answers: Promise<boolean>[] = []
  for (const socket of idle.splice(0, KNOCKS)) {
    if (!socket.readableEnded && !socket.destroyed) answers.push(ask(socket))
    await pause(KNOCK_EVERY_MS)
  }
  const answered = (await Promise.all(answers)).filter(Boolean).length
  return { answered, lost: answers.length - answered }
}

/** Whether an answer came: they are small enough to come in one piece. */
async function ask(socket: Socket): Promise<boolean> {
  const closed = new Promise<boolean>((resolve) => socket.on('close', () => resolve(false)))
  const answered = new Promise<boolean>((resolve) => socket.on('data', () => resolve(true)))
  socket.write(POST)
  return await Promise.race([answered, closed])
}
