import { once } from 'node:events'
import { connect } from 'node:net'

/** Makes keep-alive connections that have had one answer each, and leaves them idle. */

const AT_ONCE = 200

process.on('message', async ({ port, count }: { port: number; count: number }) => {
  for (let made = 0; made < count; made += AT_ONCE) {
    const batch = Math.min(AT_ONCE, count - made)
    await Promise.all(Array.from({ length: batch }, () => open(port)))
  }
  process.send?.({})
})
process.on('disconnect', () => process.exit())
process.send?.({})

async function open(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(socket, 'data')
}
