import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { createHangup, type Exchange } from '@hangup/core'
import { expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import { listen } from '../hosts/transport.ts'
import { createLatch } from '../support/latch.ts'
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
