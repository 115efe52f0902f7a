import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { pause } from '../../support/pause.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage } from '../stage.ts'
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
    const options = { health: true, drain: { unreadyMs: 300 }, onPhase: phases.onPhase }
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
    expect(report.phases[0]?.ms).toBeGreaterThanOrEqual(290)
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

  if (host.speaks === 'h2') return

  row('D1 bleeds keep-alive connections off, but not in its last moments', async () => {
    const phases = createPhases()
    const options = { drain: { unreadyMs: 600 }, onPhase: phases.onPhase }
    const site = await start({ '/': (call) => call.send(200, 'served') }, { options })
    const [early, late] = [await site.connectHttp1(), await site.connectHttp1()]
    for (const client of [early, late]) await waitFor('a reply', client.request().reply)
    const drained = site.hang.drain()
    await phases.reached('unready')

    const { headers } = await waitFor('the early reply', early.request().reply)
    expect(headers.connection).toBe('close')
    expect(await waitFor('the close', early.closed)).toBe('fin')

    await pause(400)
    const reply = await waitFor('the late reply', late.request().reply)
    expect(phases.entered).toEqual(['unready'])
    expect(reply.headers.connection).not.toBe('close')

    await phases.reached('finish')
    const last = await waitFor('the last reply', late.request().reply)
    expect(last.headers.connection).toBe('close')
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
  })
}
