import { type Exchange, exchangeOf, type Outcome } from '@hangup/core'
import { expect } from 'vitest'
import type { Handler, Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { noneInFlight } from '../../support/none-in-flight.ts'
import { pause } from '../../support/pause.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { suddenLeave } from '../leaves.ts'
import type { PeerRequest } from '../peer.ts'
import { createStage } from '../stage.ts'
import { createVisit } from '../visit.ts'

/** Far more than a test's own turns take. */
const TIME_TO_FORGET_MS = 200

interface Example {
  readonly name: string
  readonly handler: Handler
  readonly request?: PeerRequest
  readonly outcome: Partial<Outcome>
}

/** How exchanges with a live client end; how the others do stands with their rows. */
const examples: readonly Example[] = [
  {
    name: 'a GET',
    handler: (call) => call.send(200, 'hello'),
    outcome: { kind: 'flushed', status: 200, bytes: 5 },
  },
  {
    name: 'a HEAD',
    handler: (call) => call.send(200, 'hello'),
    request: { method: 'HEAD' },
    outcome: { kind: 'flushed', status: 200, bytes: 0 },
  },
  {
    name: 'an empty 204',
    handler: (call) => call.send(204),
    outcome: { kind: 'flushed', status: 204, bytes: 0 },
  },
  {
    name: 'a status of its own',
    handler: (call) => call.send(418, 'short and stout'),
    outcome: { kind: 'flushed', status: 418, bytes: 15 },
  },
  {
    name: '1 MB',
    handler: (call) => call.send(200, Buffer.alloc(1 << 20)),
    outcome: { kind: 'flushed', status: 200, bytes: 1 << 20 },
  },
]

export function outcomes(host: Host): void {
  const { start, row } = createStage(host)

  for (const { name, handler, request, outcome } of examples) {
    row(`A2 settles the outcome of ${name} as flushed, once`, async () => {
      const settled: [Exchange, Outcome][] = []
      const visit = createVisit(handler)
      const site = await start(
        { '/': visit.handler },
        { options: { onSettled: (...args) => settled.push(args) } },
      )
      const peer = await site.connect()
      const before = Date.now()
      const sent = peer.request(request)
      const { exchange } = await waitFor('the request', visit.arrived)
      expect(await waitFor('the reply', sent.reply)).toMatchObject({ status: outcome.status })
      const got = await waitFor('the outcome', exchange.outcome)
      expect(got).toMatchObject(outcome)
      expect(got.by).toBeUndefined()
      expect(got.ms).toBeGreaterThanOrEqual(0)
      expect(exchange).toMatchObject({ method: request?.method ?? 'GET', url: '/' })
      expect(exchange.startedAt).toBeGreaterThanOrEqual(before - 50)
      expect(exchange.startedAt).toBeLessThanOrEqual(Date.now() + 50)

      await turns()
      peer.reset()
      await waitFor('the host to close', site.close())
      expect(settled).toEqual([[exchange, got]])
      expect(settled[0]?.[0]).toBe(exchange)
      expect(await exchange.outcome).toBe(got)
    })
  }

  row('A9 takes the time of an outcome when it settles, for whoever has the exchange', async () => {
    const visit = createVisit((call) => call.send(200, 'hello'))
    const site = await start({ '/': visit.handler })
    const peer = await site.connect()
    const sent = peer.request()
    const { exchange } = await waitFor('the request', visit.arrived)
    const arrived = performance.now()
    await waitFor('the reply', sent.reply)
    await waitFor('the exchange to be over', noneInFlight(site.hang))
    const settled = performance.now() - arrived
    await pause(TIME_TO_FORGET_MS)
    const { ms } = await waitFor('the outcome', exchange.outcome)
    expect(ms).toBeLessThan(settled + TIME_TO_FORGET_MS / 2)
  })

  row('A9 puts an outcome together for who first asks when all is over, and once', async () => {
    let asked: object = {}
    const site = await start({
      '/': (call) => {
        asked = call.req
        call.send(418, 'short and stout')
      },
    })
    const peer = await site.connect()
    await waitFor('the reply', peer.request().reply)
    await waitFor('the exchange to be over', noneInFlight(site.hang))
    const outcome = await waitFor('the outcome', exchangeOf(asked)?.outcome)
    expect(outcome).toEqual({ kind: 'flushed', status: 418, bytes: 15, ms: expect.any(Number) })
    expect(await exchangeOf(asked)?.outcome).toBe(outcome)
  })

  for (const [how, onSettled] of [
    ['throws', fail],
    ['rejects', async () => fail()],
  ] as const) {
    row(`B9 reports an onSettled that ${how}, and serves on`, async () => {
      const site = await start(
        { '/': (call) => call.send(200, 'served') },
        { options: { onSettled } },
      )
      const peer = await site.connect()
      for (const what of ['the reply', 'the next reply']) {
        const reply = await waitFor(what, peer.request().reply)
        expect(reply).toMatchObject({ text: 'served', ending: 'complete' })
      }
      await waitFor('an error', site.errors.some)
      await turns()
      const from = site.errors.take().map((error) => error.from)
      expect(from).toEqual([from[0], from[0]])
      expect(from).not.toContain('process')
    })
  }

  row('A1 settles the outcome of an aborted exchange once', async () => {
    const settled: Outcome[] = []
    const first = createLatch()
    const visit = createVisit()
    const site = await start(
      { '/': visit.handler },
      {
        options: {
          onSettled(_, outcome) {
            settled.push(outcome)
            first.open()
          },
        },
      },
    )
    const peer = await site.connect()
    const sent = peer.request()
    const { exchange } = await waitFor('the request', visit.arrived)
    suddenLeave(host).go(peer, sent)
    await waitFor('the outcome', first.opened)
    await waitFor('the handler', visit.over)
    peer.reset()
    await waitFor('the host to close', site.close())
    expect(settled).toEqual([await exchange.outcome])
    expect(settled).toMatchObject([{ kind: 'aborted', by: 'client', phase: 'handler' }])
  })

  row('A2 settles the outcome of a response that was taken from the framework', async () => {
    const visit = createVisit((call) => {
      const res = call.raw()
      res.writeHead(200)
      res.end('raw')
    })
    const site = await start({ '/': visit.handler })
    const peer = await site.connect()
    const sent = peer.request()
    const { signal, exchange } = await waitFor('the request', visit.arrived)
    expect(await waitFor('the reply', sent.reply)).toMatchObject({ text: 'raw' })
    const kind = host.framework === 'koa' || host.framework === 'fastify' ? 'hijacked' : 'flushed'
    expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({ kind, status: 200 })
    peer.reset()
    await waitFor('the host to close', site.close())
    expect(signal.aborted).toBe(false)
  })
}

function fail(): never {
  throw new Error('as the row wants it')
}
