import { expect } from 'vitest'
import type { Call, Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { suddenLeave } from '../leaves.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit, startResponse } from '../visit.ts'

/** How many requests must all pass without an abort. `HANGUP_REQUESTS=100000` for the long run. */
const REQUESTS = Number(process.env.HANGUP_REQUESTS ?? 500)

const text = { 'content-type': 'text/plain' }
const bytes = { 'content-type': 'application/octet-stream' }

/** A2: nothing but a client's leaving aborts for the client. */
export function falseAborts(host: Host): void {
  const { start, row } = createStage(host)

  for (const [kind, headers] of [
    ['the parser', text],
    ['the handler', bytes],
  ] as const) {
    row(`A2 does not abort when ${kind} has read the body of a POST`, async () => {
      const visit = createVisit(async (call) => {
        const { signal } = call
        expect(await call.body()).toBe('x'.repeat(1_000))
        await turns(20)
        expect(signal.aborted).toBe(false)
        expect(call.signal.aborted).toBe(false)
        call.send(200, 'read')
      })
      const site = await start({ '/': visit.handler })
      const peer = await site.connect()
      const sent = peer.request({ body: 'x'.repeat(1_000), headers })
      expect(await waitFor('the reply', sent.reply)).toMatchObject({ status: 200, text: 'read' })
      const { signal, exchange } = await visit.arrived
      expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
        kind: 'flushed',
        status: 200,
        bytes: 4,
      })
      expect(signal.aborted).toBe(false)
    })
  }

  row('A2 does not abort after success, when the client leaves then', async () => {
    const visit = createVisit((call) => call.send(200, 'done'))
    const site = await start({ '/': visit.handler })
    const peer = await site.connect()
    const sent = peer.request()
    const { signal, exchange } = await waitFor('the request', visit.arrived)
    await waitFor('the reply', sent.reply)
    await waitFor('the outcome', exchange.outcome)
    peer.reset()
    await waitFor('the host to close', site.close())
    expect(signal.aborted).toBe(false)
    expect(exchange.signal.aborted).toBe(false)
  })

  row('A2 does not abort a request for another one on its connection', async () => {
    const first = createVisit((call) => call.send(200, 'one'))
    const second = createVisit()
    const third = createVisit()
    const site = await start({
      '/first': first.handler,
      '/second': second.handler,
      '/third': third.handler,
    })
    const peer = await site.connect()
    const answered = peer.request({ path: '/first', body: 'x', headers: text })
    const one = await waitFor('the first request', first.arrived)
    const { signal } = one
    await waitFor('the first reply', answered.reply)

    const left = peer.request({ path: '/second' })
    const two = await waitFor('the second request', second.arrived)
    expect(two.signal).not.toBe(signal)
    const other = await site.connect()
    const kept = other.request({ path: '/third' })
    const three = await waitFor('the third request', third.arrived)

    suddenLeave(host).go(peer, left)
    await waitFor('the abort', aborted(two.signal))
    await turns()
    expect(signal.aborted).toBe(false)
    expect(one.exchange.signal.aborted).toBe(false)
    expect(three.signal.aborted).toBe(false)

    suddenLeave(host).go(other, kept)
    await waitFor('the last handler', third.over)
  })

  for (const [what, destroy] of [
    ['res.destroy()', (call: Call) => call.raw().destroy()],
    ['socket.destroy()', (call: Call) => call.req.socket.destroy()],
  ] as const) {
    row(`A2 does not abort when the server itself calls ${what}`, async () => {
      const visit = createVisit((call) => {
        startResponse(call)
        destroy(call)
      })
      const site = await start({ '/': visit.handler })
      const peer = await site.connect()
      const sent = peer.request()
      const { signal, exchange } = await waitFor('the request', visit.arrived)
      expect((await waitFor('the end', sent.reply)).ending).not.toBe('complete')
      expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
        kind: 'aborted',
        by: 'server',
      })
      await turns()
      expect(signal.aborted).toBe(false)
    })
  }

  row('A2 does not abort when the server drains with a live client', async () => {
    const goOn = createLatch()
    const visit = createVisit(async (call) => {
      await goOn.opened
      call.send(200, 'served')
    })
    const site = await start({ '/': visit.handler })
    const peer = await site.connect()
    const sent = peer.request({ body: 'x', headers: text })
    const { signal, exchange } = await waitFor('the request', visit.arrived)
    const closed = site.close()
    await waitFor('the drain', aborted(site.hang.drainSignal))
    await turns()
    expect(signal.aborted).toBe(false)
    goOn.open()
    expect(await waitFor('the reply', sent.reply)).toMatchObject({
      status: 200,
      text: 'served',
      ending: 'complete',
    })
    expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({ kind: 'flushed' })
    await waitFor('the host to close', closed)
    expect(signal.aborted).toBe(false)
  })

  row(
    `A2 raises no signal in ${REQUESTS} healthy requests, with and without bodies`,
    async () => {
      const signals = { seen: 0, aborted: 0 }
      const outcomes: Record<string, number> = {}
      const count = ({ signal }: Call) => {
        signals.seen++
        signal.addEventListener('abort', () => signals.aborted++)
      }
      const site = await start(
        {
          '/get': (call) => {
            count(call)
            call.send(200, 'got')
          },
          '/post': async (call) => {
            count(call)
            call.send(200, await call.body())
          },
        },
        {
          options: {
            onSettled: (_, { kind }) => {
              outcomes[kind] = (outcomes[kind] ?? 0) + 1
            },
          },
        },
      )
      const peers = await Promise.all(Array.from({ length: 5 }, () => site.connect()))
      for (let done = 0; done < REQUESTS; done += 20) {
        const replies = peers.flatMap((peer) => [
          peer.request({ path: '/get' }),
          peer.request({ path: '/post', body: 'parsed', headers: text }),
          peer.request({ path: '/post', body: 'streamed', headers: bytes }),
          peer.request({ path: '/get' }),
        ])
        const statuses = replies.map(async (sent) => (await sent.reply).status)
        expect(new Set(await waitFor('20 replies', Promise.all(statuses)))).toEqual(new Set([200]))
      }
      for (const peer of peers) peer.fin()
      await waitFor('the host to close', site.close())
      expect(signals).toEqual({ seen: REQUESTS, aborted: 0 })
      expect(outcomes).toEqual({ flushed: REQUESTS })
    },
    600_000,
  )
}
