import { createServer } from 'node:http'
import { createHangup } from '@hangup/core'
import { hangup } from '@hangup/fastify'
import fastify from 'fastify'
import { expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import { listen, portOf } from '../hosts/transport.ts'
import { createLatch } from '../support/latch.ts'
import { pause } from '../support/pause.ts'
import { waitFor } from '../support/wait-for.ts'

interface Line {
  readonly at: number
  readonly drain: {
    readonly phase?: string
    readonly inFlight?: number
    readonly oldest?: readonly object[]
    readonly work?: readonly object[]
    readonly connections?: number
  }
  readonly message: string
}

const REQUESTS = 12

/** D9: what an operator reads while a drain waits. */
it('D9 says once a second what a drain waits for, and stops with it', async () => {
  const lines: Line[] = []
  const goOn = createLatch()
  const all = createLatch()
  let arrived = 0
  const silent = () => {}
  const toldTwice = createLatch()
  function info(details: object, message: string) {
    lines.push({ at: performance.now(), ...(details as Pick<Line, 'drain'>), message })
    if (message.startsWith('drain: abort,')) toldTwice.open()
  }
  const hang = createHangup({
    signals: false,
    drain: { graceMs: 1_600, abortMs: 5_000, idleGraceMs: 50 },
    logger: { debug: silent, info, warn: silent, error: silent },
  })
  const listener = hang.handler(async (req, res) => {
    req.exchange.waitUntil(goOn.opened, 'mail')
    if (++arrived === REQUESTS) all.open()
    await goOn.opened
    res.end()
  })
  const port = await listen(hang.attach(createServer(listener)))
  const clients = Array.from({ length: REQUESTS }, () => connectHttp1({ port, tls: false }))
  const replies = []
  for (const [index, client] of clients.entries())
    replies.push((await client).request({ path: `/${index}` }).reply)
  await waitFor('the requests', all.opened)

  const drained = hang.drain()
  await waitFor('the second line', toldTwice.opened)
  goOn.open()
  await waitFor('the replies', Promise.all(replies))
  await waitFor('the drain', drained)
  const count = lines.length
  await pause(1_200)
  expect(lines).toHaveLength(count)

  const said = lines.map(({ message }) => message)
  expect(said).toEqual([
    'drain: unready',
    'drain: accept',
    'drain: finish',
    'drain: finish, 12 in flight',
    'drain: abort',
    'drain: abort, 12 in flight',
    'drain: cleanup',
    'drain: closed',
  ])
  const telling = lines.filter(({ drain }) => drain.oldest !== undefined)
  const [first, second] = telling
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(900)
  expect(first?.drain).toMatchObject({ phase: 'finish', inFlight: 12, connections: 12 })
  expect(first?.drain.oldest).toHaveLength(10)
  expect(first?.drain.oldest?.[0]).toEqual({
    method: 'GET',
    url: '/0',
    ageMs: expect.any(Number),
  })
  expect(first?.drain.work?.[0]).toEqual({ label: 'mail', ageMs: expect.any(Number) })
})

it("D9 writes them to Fastify's own logger, without being asked", async () => {
  const messages: string[] = []
  const told = createLatch()
  const stream = {
    write(line: string) {
      messages.push(JSON.parse(line).msg)
      if (line.includes('in flight')) told.open()
    },
  }
  const app = fastify({ logger: { level: 'info', stream } })
  const goOn = createLatch()
  const arrived = createLatch()
  await app.register(hangup, { signals: false })
  app.get('/', async () => {
    arrived.open()
    await goOn.opened
    return 'served'
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const client = await connectHttp1({ port: portOf(app.server), tls: false })
  const { reply } = client.request()
  await waitFor('the request', arrived.opened)
  const closed = app.close()
  await waitFor('the line', told.opened)
  goOn.open()
  await waitFor('the reply', reply)
  await waitFor('the close', closed)
  expect(messages.filter((message) => message.startsWith('drain:'))).toEqual([
    'drain: unready',
    'drain: accept',
    'drain: finish',
    'drain: finish, 1 in flight',
    'drain: cleanup',
    'drain: closed',
  ])
})
