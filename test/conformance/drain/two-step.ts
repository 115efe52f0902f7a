import { once } from 'node:events'
import type { Socket } from 'node:net'
import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { pause } from '../../support/pause.ts'
import { createRelay } from '../../support/relay.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { connectHttp2 } from '../h2-client.ts'
import type { FrameClient } from '../h2-frames.ts'
import { createStage } from '../stage.ts'
import { createVisit } from '../visit.ts'

const NO_STREAM_IS_THE_LAST = 2 ** 31 - 1

/** D6 with `http2: 'two-step'`: a notice, PING, its answer, and only then the last stream. */
export function twoStep(host: Host): void {
  const { start, row } = createStage(host)

  row(
    'D6 two-step: serves what crosses the notice, and nothing behind the last GOAWAY',
    async () => {
      const urls: string[] = []
      const goOn = createLatch()
      const slow = createVisit(async (call) => {
        await goOn.opened
        call.send(200, 'served')
      })
      const site = await start(
        {
          '/slow': slow.handler,
          '/': (call) => {
            urls.push(call.req.url ?? '')
            call.send(200, 'served')
          },
        },
        { options: { http2: 'two-step', drain: { idleGraceMs: 4_000, graceMs: 20_000 } } },
      )
      const client = await site.connectFrames({ mute: true })
      const first = client.open({ path: '/slow' })
      await waitFor('the request', slow.arrived)
      const drained = site.hang.drain()
      expect(await waitFor('the notice', client.goneAway)).toMatchObject({
        lastStreamId: NO_STREAM_IS_THE_LAST,
        code: 0,
      })
      const crossed = client.open({ path: '/?crossed' })
      expect(await waitFor('the reply', client.settled(crossed))).toMatchObject({
        status: 200,
        ended: true,
      })
      expect(client.goaways).toHaveLength(1)

      expect(client.pong()).toBe(1)
      const { lastStreamId, code } = await waitFor('GOAWAY', lastGoAway(client))
      expect({ lastStreamId, code }).toEqual({ lastStreamId: crossed, code: 0 })
      const above = client.open({ path: '/?above' })
      await waitFor('a PING', client.ping())
      goOn.open()
      expect(await waitFor('the reply', client.settled(first))).toMatchObject({ status: 200 })
      expect(await waitFor('the close', client.closed)).toBe('fin')
      expect(client.stream(above)).toMatchObject({ status: 0, lost: 'fin' })
      expect(urls).toEqual(['/?crossed'])
      expect(await waitFor('the drain', drained)).toMatchObject({
        clean: true,
        sessions: { finished: 1, destroyed: 0 },
      })
    },
  )

  row('D6 two-step: waits for PING no longer than idleGraceMs', async () => {
    const site = await start(
      { '/': (call) => call.send(200, 'served') },
      { options: { http2: 'two-step', drain: { idleGraceMs: 100, graceMs: 20_000 } } },
    )
    const client = await site.connectFrames({ mute: true, ignoreFin: true })
    await waitFor('a reply', client.settled(client.open()))
    const report = await waitFor('the drain', site.hang.drain(), 3_000)
    expect(report).toMatchObject({ clean: true, sessions: { finished: 1, destroyed: 0 } })
    expect(client.goaways.map(({ lastStreamId }) => lastStreamId)).toEqual(
      expect.arrayContaining([NO_STREAM_IS_THE_LAST, 1]),
    )
  })

  row('D6 two-step: shows addresses and TLS of the connection as ever', async () => {
    const goOn = createLatch()
    const visit = createVisit(async (call) => {
      await goOn.opened
      call.send(200, 'served')
    })
    const site = await start({ '/': visit.handler }, { options: { http2: 'two-step' } })
    const accepted = once(site.server, 'connection')
    const client = await site.connectFrames()
    const [tcp]: Socket[] = await waitFor('the connection', accepted)
    client.open()
    const { req } = await waitFor('the request', visit.arrived)
    const shown = (name: string) => Reflect.get(req.socket, name)
    expect(['remoteAddress', 'remotePort', 'localPort'].map(shown)).toEqual([
      '127.0.0.1',
      tcp?.remotePort,
      site.port,
    ])
    expect(['encrypted', 'alpnProtocol', 'authorized'].map(shown)).toEqual(
      host.tls ? [true, 'h2', false] : [undefined, undefined, undefined],
    )
    expect(shown('getProtocol')?.()).toBe(host.tls ? 'TLSv1.3' : undefined)
    goOn.open()
  })

  row('D6 two-step: answers every POST of ten clients that are 20 ms away', async () => {
    const site = await start(
      { '/': async (call) => call.send(200, await call.body()) },
      { options: { http2: 'two-step', drain: { idleGraceMs: 4_000, graceMs: 20_000 } } },
    )
    const relay = await createRelay(site.port, 20)
    const target = { port: relay.port, tls: host.tls }
    const clients = await Promise.all(Array.from({ length: 10 }, () => connectHttp2(target)))
    const tally = { sent: 0, answered: 0, lost: 0 }
    const loops = clients.map(async (client) => {
      const replies: Promise<void>[] = []
      while (client.frames.goaways.length === 0) {
        tally.sent++
        const { reply } = client.request({ headers: { 'content-type': 'text/plain' }, body: 'hi' })
        const count = reply.then(({ text }) => {
          tally[text === 'hi' ? 'answered' : 'lost']++
        })
        replies.push(count)
        await pause(5)
      }
      await Promise.all(replies)
    })
    await pause(150)
    expect(await waitFor('the drain', site.hang.drain())).toMatchObject({ clean: true })
    await waitFor('the loops', Promise.all(loops))
    relay.close()
    for (const client of clients) client.reset()
    expect(tally).toEqual({ sent: tally.sent, answered: tally.sent, lost: 0 })
  })
}

async function lastGoAway({ goaways }: FrameClient) {
  for (;;) {
    const last = goaways.at(-1)
    if (last !== undefined && last.lastStreamId !== NO_STREAM_IS_THE_LAST) return last
    await turns()
  }
}
