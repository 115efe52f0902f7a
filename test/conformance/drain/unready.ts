import type { HangupOptions, Outcome } from '@hangup/core'
import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { pause } from '../../support/pause.ts'
import { waitFor } from '../../support/wait-for.ts'
import type { Peer } from '../peer.ts'
import { createStage } from '../stage.ts'
import { createVisit } from '../visit.ts'
import { createPhases } from './phases.ts'

/** D1: what the probes say, and what is served, before anything is shut. */
export function unready(host: Host): void {
  const { start, row } = createStage(host)

  row('D1 answers probes before the routes, in one word, HEAD too', async () => {
    const site = await start({ '/livez': () => 'never' }, { options: { health: true } })
    const peer = await site.connect()
    for (const [path, text] of [
      ['/livez', 'live\n'],
      ['/readyz', 'ready\n'],
      ['/readyz?from=kubelet', 'ready\n'],
    ] as const) {
      const reply = await waitFor('the probe', peer.request({ path }).reply)
      expect(reply).toMatchObject({ status: 200, text, ending: 'complete' })
    }
    const { reply } = peer.request({ method: 'HEAD', path: '/livez' })
    expect(await waitFor('the probe', reply)).toMatchObject({ status: 200, text: '' })
  })

  row('D1 says 503 to the readiness probe while it accepts and serves', async () => {
    const phases = createPhases()
    const options = { health: true, drain: { unreadyMs: 1_500 }, onPhase: phases.onPhase }
    const site = await start({ '/': (call) => call.send(200, 'served') }, { options })
    const drained = site.hang.drain()
    await phases.reached('unready')
    expect(site.hang.state).toBe('unready')

    const probe = await site.connect()
    expect(await waitFor('/readyz', probe.request({ path: '/readyz' }).reply)).toMatchObject({
      status: 503,
      text: 'unready\n',
    })
    const another = await site.connect()
    expect(await waitFor('/livez', another.request({ path: '/livez' }).reply)).toMatchObject({
      status: 200,
    })
    const third = await site.connect()
    expect(await waitFor('/', third.request().reply)).toMatchObject({ status: 200, text: 'served' })
    expect(site.hang.state).toBe('unready')
    expect(phases.entered).toEqual(['unready'])

    const report = await waitFor('the drain', drained)
    expect(report.phases[0]).toMatchObject({ name: 'unready' })
    expect(report.phases[0]?.ms).toBeGreaterThanOrEqual(1_490)
    expect(report.clean).toBe(true)
  })

  row('D1 answers probes until the last connection has closed', async () => {
    const phases = createPhases()
    const options = { health: true, drain: { idleGraceMs: 300 }, onPhase: phases.onPhase }
    const site = await start({}, { options })
    const peers = [await site.connect(), await site.connect()] as const
    const drained = site.hang.drain()
    await phases.reached('finish')
    const [ready, live] = [
      peers[0].request({ path: '/readyz' }).reply,
      peers[1].request({ path: '/livez' }).reply,
    ]
    expect(await waitFor('/readyz', ready)).toMatchObject({ status: 503, text: 'draining\n' })
    expect(await waitFor('/livez', live)).toMatchObject({ status: 200, text: 'live\n' })
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
  })

  row('D1 answers probes after the soft deadline, up to the end', async () => {
    const phases = createPhases()
    const goOn = createLatch()
    const stuck = createVisit(async (call) => {
      await goOn.opened
      call.send(200, 'at last')
    })
    const drain = { graceMs: 200, abortMs: 10_000, idleGraceMs: 5_000 }
    const settled: Outcome[] = []
    const options: HangupOptions = {
      health: true,
      drain,
      onPhase: phases.onPhase,
      onSettled: (_, outcome) => settled.push(outcome),
    }
    const site = await start({ '/stuck': stuck.handler }, { options })
    const [busy, one, other] = [await site.connect(), await site.connect(), await site.connect()]
    const { reply } = busy.request({ path: '/stuck' })
    await waitFor('the request', stuck.arrived)
    const drained = site.hang.drain()
    await phases.reached('abort')
    const [ready, live] = [one.request({ path: '/readyz' }), other.request({ path: '/livez' })]
    expect(await waitFor('/readyz', ready.reply)).toMatchObject({ status: 503, text: 'draining\n' })
    expect(await waitFor('/livez', live.reply)).toMatchObject({ status: 200, text: 'live\n' })
    goOn.open()
    expect(await waitFor('the reply', reply)).toMatchObject({ status: 200 })
    expect(await waitFor('the drain', drained)).toMatchObject({
      clean: true,
      requests: { finished: 3, refused: 0 },
    })
    expect(settled.map(({ kind }) => kind)).toEqual(['flushed', 'flushed', 'flushed'])
  })

  row('D1 answers a probe that a route mounts, HEAD too, in every phase', async () => {
    const phases = createPhases()
    const goOn = createLatch()
    const stuck = createVisit(async (call) => {
      await goOn.opened
      call.send(200, 'at last')
    })
    const drain = { unreadyMs: 500, graceMs: 1_000, abortMs: 10_000, idleGraceMs: 5_000 }
    const site = await start(
      { '/stuck': stuck.handler, '/ready': (call) => call.health() },
      { options: { drain, onPhase: phases.onPhase } },
    )
    const connect = () => site.connect()
    const [busy, serving, unready, finish, late] = [
      await connect(),
      await connect(),
      await connect(),
      await connect(),
      await connect(),
    ]
    async function ask(peer: Peer, method = 'GET') {
      const { reply } = peer.request({ method, path: '/ready' })
      const { status, text, ending, headers } = await waitFor('the probe', reply)
      return { status, text, ending, length: headers['content-length'] }
    }
    const { reply } = busy.request({ path: '/stuck' })
    await waitFor('the request', stuck.arrived)
    const ready = { status: 200, ending: 'complete', length: '6' }
    expect(await ask(serving)).toEqual({ ...ready, text: 'ready\n' })
    expect(await ask(serving, 'HEAD')).toEqual({ ...ready, text: '' })

    const drained = site.hang.drain()
    await phases.reached('unready')
    const down = { status: 503, ending: 'complete' }
    expect(await ask(unready)).toEqual({ ...down, text: 'unready\n', length: '8' })
    await phases.reached('finish')
    expect(await ask(finish, 'HEAD')).toEqual({ ...down, text: '', length: '9' })
    await phases.reached('abort')
    expect((await ask(late)).status).not.toBe(200)
    goOn.open()
    expect(await waitFor('the reply', reply)).toMatchObject({ status: 200 })
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
  })

  if (host.speaks === 'h2') return

  row('D1 bleeds keep-alive connections off, but not in its last moments', async () => {
    const phases = createPhases()
    const options = { drain: { unreadyMs: 1_000 }, onPhase: phases.onPhase }
    const site = await start({ '/': (call) => call.send(200, 'served') }, { options })
    const [early, late] = [await site.connectHttp1(), await site.connectHttp1()]
    for (const client of [early, late]) await waitFor('a reply', client.request().reply)
    const drained = site.hang.drain()
    await phases.reached('unready')

    const { headers } = await waitFor('the early reply', early.request().reply)
    expect(headers.connection).toBe('close')
    expect(await waitFor('the close', early.closed)).toBe('fin')

    await pause(600)
    const reply = await waitFor('the late reply', late.request().reply)
    expect(phases.entered).toEqual(['unready'])
    expect(reply.headers.connection).not.toBe('close')

    await phases.reached('finish')
    const last = await waitFor('the last reply', late.request().reply)
    expect(last.headers.connection).toBe('close')
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
  })

  row('D1 answers what is pipelined in its last moments behind a last response', async () => {
    const phases = createPhases()
    const goOn = createLatch()
    const first = createVisit(async (call) => {
      await goOn.opened
      call.send(200, 'first')
    })
    const second = createVisit(first.handler)
    const options = { drain: { unreadyMs: 1_000 }, onPhase: phases.onPhase }
    const site = await start({ '/first': first.handler, '/second': second.handler }, { options })
    const client = await site.connectHttp1()
    const drained = site.hang.drain()
    await phases.reached('unready')
    const replies = [client.request({ path: '/first' }).reply]
    await waitFor('the first request', first.arrived)
    await pause(600)
    replies.push(client.request({ path: '/second' }).reply)
    await waitFor('the second request', second.arrived)
    goOn.open()
    for (const reply of replies)
      expect(await waitFor('a reply', reply)).toMatchObject({ status: 200, ending: 'complete' })
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
  })
}
