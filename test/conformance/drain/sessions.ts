import { connect } from 'node:net'
import { expect } from 'vitest'
import type { Call, Host } from '../../hosts/host.ts'
import { startClock } from '../../support/own-time.ts'
import { pause } from '../../support/pause.ts'
import { waitFor } from '../../support/wait-for.ts'
import type { FrameOptions } from '../h2-frames.ts'
import * as wire from '../h2-wire.ts'
import { createStage } from '../stage.ts'
import { createVisit } from '../visit.ts'
import { createPhases } from './phases.ts'

const NO_ERROR = 0

/** D6: sessions end, whatever their clients do. */
export function sessions(host: Host): void {
  const { start, row } = createStage(host)
  const served = (call: Call) => call.send(200, 'served')

  for (const [what, options] of [
    ['ignores FIN', { ignoreFin: true }],
    ['answers no PING', { mute: true }],
    ['widens no window', { stingy: true }],
  ] satisfies [string, FrameOptions][]) {
    row(`D6 ends the session of a client that ${what}`, async () => {
      const site = await start({ '/': served }, { options: { drain: { graceMs: 20_000 } } })
      const client = await site.connectFrames(options)
      await waitFor('a reply', client.settled(client.open()))
      const report = await waitFor('the drain', site.hang.drain(), 3_000)
      await waitFor('the end', client.ended)
      expect(report).toMatchObject({ clean: true, sessions: { finished: 1, destroyed: 0 } })
      expect(client.goaways[0]).toMatchObject({ lastStreamId: 1, code: 0 })
    })
  }

  row('D6 ends the session of a client that has stopped to read', async () => {
    const site = await start({ '/': served }, { options: { drain: { graceMs: 20_000 } } })
    const client = await site.connectFrames()
    await waitFor('a reply', client.settled(client.open()))
    client.pause()
    expect(await waitFor('the drain', site.hang.drain(), 3_000)).toMatchObject({ clean: true })
  })

  row('D6 ends the session of a client that says PING without end', async () => {
    const site = await start({ '/': served }, { options: { drain: { graceMs: 20_000 } } })
    const client = await site.connectFrames({ ignoreFin: true })
    await waitFor('a reply', client.settled(client.open()))
    const pinging = setInterval(() => void client.ping(), 5)
    const report = await waitFor('the drain', site.hang.drain(), 3_000)
    clearInterval(pinging)
    expect(report).toMatchObject({ clean: true, sessions: { finished: 1, destroyed: 0 } })
  })

  row('D6 frees a stream that was reset with NO_ERROR while its window was shut', async () => {
    const phases = createPhases()
    const visit = createVisit((call) => call.send(200, Buffer.alloc(1 << 20)))
    const drain = { graceMs: 20_000 }
    const site = await start(
      { '/': visit.handler },
      { options: { drain, onPhase: phases.onPhase } },
    )
    const client = await site.connectFrames({ stingy: true })
    const id = client.open()
    await waitFor('the request', visit.arrived)
    await waitFor('the handler', visit.over)
    await waitFor('the head', client.answered(id))
    client.rst(id, NO_ERROR)
    await waitFor('a PING', client.ping())
    const report = await waitFor('the drain', site.hang.drain(), 3_000)
    expect(phases.entered).not.toContain('abort')
    expect(report).toMatchObject({ clean: true, sessions: { finished: 1, destroyed: 0 } })
  })

  row('D6 frees a stream that is reset with NO_ERROR during the drain', async () => {
    const phases = createPhases()
    const visit = createVisit((call) => call.send(200, Buffer.alloc(1 << 20)))
    const drain = { graceMs: 20_000 }
    const site = await start(
      { '/': visit.handler },
      { options: { drain, onPhase: phases.onPhase } },
    )
    const client = await site.connectFrames({ stingy: true })
    const id = client.open()
    await waitFor('the head', client.answered(id))
    const drained = site.hang.drain()
    await waitFor('GOAWAY', client.goneAway)
    client.rst(id, NO_ERROR)
    const report = await waitFor('the drain', drained, 3_000)
    expect(phases.entered).not.toContain('abort')
    expect(report).toMatchObject({ clean: true, requests: { aborted: 1 } })
  })

  // On one host: the handshakes of TLS alone would take seconds.
  const many = host.name === 'node-http2' ? 1_000 : 100

  row(`D6 ends ${many} idle sessions together`, async () => {
    const site = await start({ '/': served }, { options: { drain: { graceMs: 20_000 } } })
    const clients = await Promise.all(Array.from({ length: many }, () => site.connectFrames()))
    const replies = Promise.all(clients.map((client) => client.settled(client.open())))
    await waitFor(`${many} replies`, replies)
    const elapsed = startClock()
    const { sessions, clean } = await waitFor('the drain', site.hang.drain())
    expect(elapsed()).toBeLessThan(2_000)
    expect({ sessions, clean }).toEqual({ sessions: { finished: many, destroyed: 0 }, clean: true })
    for (const { goaways } of clients) expect(goaways[0]).toMatchObject({ lastStreamId: 1 })
  })

  row('D6 counts and promises right for ten clients that POST through a restart', async () => {
    const ran = new Set<string>()
    const site = await start({
      '/': async (call) => {
        const body = await call.body()
        ran.add(body)
        await pause(5)
        call.send(200, body)
      },
    })
    const clients = await Promise.all(Array.from({ length: 10 }, () => site.connectHttp2()))
    const tally = { answered: 0, retryable: 0, lost: 0, ranAndLost: 0 }
    const loops = clients.map(async (client, index) => {
      for (let count = 0; ; count++) {
        const body = `${index}:${count}`
        const sent = client.request({ headers: { 'content-type': 'text/plain' }, body })
        const { status, ending } = await sent.reply
        const last = client.frames.goaways.at(-1)?.lastStreamId ?? Infinity
        if (status === 200 && ending === 'complete') tally.answered++
        else if (ran.has(body)) tally.ranAndLost++
        else tally[sent.id > last ? 'retryable' : 'lost']++
        if (status !== 200) return
        await pause(index)
      }
    })
    await pause(200)
    const report = await waitFor('the drain', site.hang.drain())
    await waitFor('the loops', Promise.all(loops))
    console.info(`${host.name}: ten clients that POST, one GOAWAY each`, tally)
    expect(tally).toMatchObject({ lost: 0, ranAndLost: 0 })
    expect(report).toMatchObject({ clean: true, sessions: { finished: 10, destroyed: 0 } })
  })

  if (!host.tls) {
    row('D6 is not held by a client that says its preface and no more', async () => {
      const site = await start({}, { options: { drain: { graceMs: 20_000, idleGraceMs: 100 } } })
      const socket = connect({ port: site.port, host: '127.0.0.1', allowHalfOpen: true })
      const spoken = new Promise((resolve) => socket.once('data', resolve))
      socket.on('error', () => {})
      socket.write(wire.PREFACE)
      await waitFor('its SETTINGS', spoken)
      expect(await waitFor('the drain', site.hang.drain(), 3_000)).toMatchObject({ clean: true })
      socket.destroy()
    })
  }

  if (host.name === 'node-http2-secure') {
    row('D6 drains the HTTP/1 connections of the same server as HTTP/1', async () => {
      const phases = createPhases()
      const options = { drain: { idleGraceMs: 300 }, onPhase: phases.onPhase }
      const site = await start({ '/': served }, { options })
      const [one, two] = [await site.connectHttp1(), await site.connectHttp2()]
      for (const peer of [one, two]) await waitFor('a reply', peer.request().reply)
      const drained = site.hang.drain()
      await phases.reached('finish')
      expect(await waitFor('GOAWAY', two.frames.goneAway)).toMatchObject({ lastStreamId: 1 })
      const { status, headers } = await waitFor('a reply', one.request().reply)
      expect({ status, connection: headers.connection }).toEqual({
        status: 200,
        connection: 'close',
      })
      expect(await waitFor('the drain', drained)).toMatchObject({
        clean: true,
        sessions: { finished: 1 },
        connections: { finished: 1, destroyed: 0 },
      })
    })
  }
}
