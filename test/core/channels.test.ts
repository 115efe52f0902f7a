import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createHangup,
  type Exchange,
  type PhaseMessage,
  type ReportMessage,
  type SettledMessage,
} from '@hangup/core'
import { afterEach, expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import { createLatch } from '../support/latch.ts'
import { waitFor } from '../support/wait-for.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

function heard<Message>(name: string): Message[] {
  const messages: Message[] = []
  const hear = (message: unknown) => messages.push(message as Message)
  subscribe(name, hear)
  cleanUps.push(() => unsubscribe(name, hear))
  return messages
}

async function serve(listener: (hang: ReturnType<typeof createHangup>) => RequestListener) {
  const hang = createHangup({ signals: false })
  const server = hang.attach(createServer(listener(hang))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUps.push(() => hang.drain())
  const { port } = server.address() as AddressInfo
  return { hang, port }
}

it('tells hangup.exchange.settled of each exchange once, with how it ended', async () => {
  const settled = heard<SettledMessage>('hangup.exchange.settled')
  const arrived = createLatch<Exchange>()
  const { port } = await serve((hang) =>
    hang.handler(async (req, res) => {
      if (req.url === '/') return res.end('whole')
      arrived.open(req.exchange)
      await once(req.signal, 'abort')
      return undefined
    }),
  )

  await fetch(`http://127.0.0.1:${port}/`).then((reply) => reply.text())
  const client = await connectHttp1({ port, tls: false })
  client.request({ path: '/slow' })
  const exchange = await waitFor('the request', arrived.opened)
  client.reset()
  await waitFor('the outcome', exchange.outcome)

  expect(settled.map(({ exchange: { url }, outcome }) => [url, outcome.kind, outcome.by])).toEqual([
    ['/', 'flushed', undefined],
    ['/slow', 'aborted', 'client'],
  ])
  expect(settled[1]?.exchange).toBe(exchange)
})

it('tells hangup.drain.phase and hangup.drain.report what the report says', async () => {
  const phases = heard<PhaseMessage>('hangup.drain.phase')
  const reports = heard<ReportMessage>('hangup.drain.report')
  const { hang } = await serve((handle) => handle.handler((_req, res) => res.end()))

  const report = await hang.drain('a test')

  expect(phases.map(({ phase }) => phase)).toEqual([
    'unready',
    'accept',
    'finish',
    'cleanup',
    'closed',
  ])
  expect(phases.map((message) => message.report.phases.length)).toEqual([0, 1, 2, 3, 4])
  expect(reports).toEqual([{ report }])
})
