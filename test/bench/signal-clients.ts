import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** What clients saw that stayed. Those that left saw nothing. */
export interface Left {
  /** Answered by a handler whose signal had fired. */
  readonly abortedStaying: number
}

const LEAVE_AFTER_MS = 50
/** Time for the server to hear of the last ones. */
const SETTLE_MS = 500

const REQUEST =
  'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello'

process.on('message', async ({ port, count }: { port: number; count: number }) => {
  const answers = await Promise.all(Array.from({ length: count }, () => stay(port)))
  await Promise.all(Array.from({ length: count }, () => leave(port)))
  await pause(SETTLE_MS)
  const abortedStaying = answers.filter((answer) => answer.includes('aborted')).length
  process.send?.({ abortedStaying } satisfies Left)
})
process.on('disconnect', () => process.exit())
process.send?.({})

async function ask(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(REQUEST)
  return socket
}

async function stay(port: number): Promise<string> {
  const socket = await ask(port)
  const [answer] = await once(socket, 'data')
  socket.destroy()
  return String(answer)
}

async function leave(port: number): Promise<void> {
  const socket = await ask(port)
  await pause(LEAVE_AFTER_MS)
  socket.resetAndDestroy()
}
