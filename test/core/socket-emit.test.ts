import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { duplexPair } from 'node:stream'
import { createHangup, type Exchange } from '@hangup/core'
import { expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import { listen } from '../hosts/transport.ts'
import { createLatch } from '../support/latch.ts'
import { turns } from '../support/turns.ts'
import { waitFor } from '../support/wait-for.ts'

it.each([
  ['before', false],
  ['behind', true],
])('A1 aborts where a tracer stands in the emit of the socket, %s us', async (_, isAttached) => {
  const hang = createHangup({ signals: false })
  const begun = createLatch<Exchange>()
  const closed = createLatch<void>()
  const seen: unknown[] = []
  const server = createServer(
    hang.handler(async ({ exchange }) => {
      begun.open(exchange)
      await exchange.outcome
    }),
  )
  if (isAttached) hang.attach(server)
  server.on('connection', (socket: Socket) => {
    const { emit } = socket
    socket.emit = function traced(this: Socket, event: string | symbol, ...args: unknown[]) {
      seen.push(event)
      if (event === 'close') closed.open()
      return Reflect.apply(emit, this, [event, ...args])
    }
  })
  const client = await connectHttp1({ port: await listen(server), tls: false })
  client.request()
  const { signal, outcome } = await waitFor('the request', begun.opened)
  client.reset()
  expect(await waitFor('the outcome', outcome)).toMatchObject({ kind: 'aborted', by: 'client' })
  expect(signal.aborted).toBe(true)
  await waitFor('the close', closed.opened)
  expect(seen).toEqual(expect.arrayContaining(['error', 'close']))
  await hang.drain()
  server.close()
})

it('B6 ends a stream that a server was given, and destroys it no more than Node does', async () => {
  const { handler } = createHangup({ signals: false })
  const server = createServer(handler((_req, res) => res.end('hello')))
  const [client, given] = duplexPair()
  server.emit('connection', given)
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  await waitFor('the end of the reply', once(client.resume(), 'end'))
  await turns()
  expect(given.writableFinished).toBe(true)
  expect(given.destroyed).toBe(false)
})
