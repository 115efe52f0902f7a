import type { PhaseName } from '@hangup/core'
import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage } from '../stage.ts'
import { createVisit, startResponse } from '../visit.ts'
import { createPhases } from './phases.ts'

/** D9: what the report says. */
export function reports(host: Host): void {
  const { start, row } = createStage(host)
  const knowsRoutes = host.framework === 'express' || host.framework === 'fastify'

  row('D9 names what was lost, with its route, age and phase, and the work left', async () => {
    const goOn = createLatch()
    const phases = createPhases()
    const held = createVisit(async ({ exchange }) => {
      exchange.waitUntil(goOn.opened, 'mail')
      void exchange.shield(async function commit() {
        await goOn.opened
      })
      await goOn.opened
    })
    const begun = createVisit(async (call) => {
      startResponse(call)
      await goOn.opened
    })
    const drain = { graceMs: 100, abortMs: 100, idleGraceMs: 50 }
    const site = await start(
      { '/held': held.handler, '/begun': begun.handler },
      { options: { drain, onPhase: phases.onPhase } },
    )
    const peers = [await site.connect(), await site.connect()] as const
    peers[0].request({ method: 'POST', path: '/held?a=1', body: '' })
    peers[1].request({ path: '/begun' })
    await waitFor('two requests', Promise.all([held.arrived, begun.arrived]))
    const report = await waitFor('the drain', site.hang.drain('a test'))

    expect(report).toMatchObject({ why: 'a test', clean: false })
    expect(report.requests.lost).toEqual([
      {
        method: 'POST',
        url: '/held?a=1',
        ...(knowsRoutes && { route: '/held' }),
        ageMs: expect.any(Number),
        phase: 'handler',
      },
      {
        method: 'GET',
        url: '/begun',
        ...(knowsRoutes && { route: '/begun' }),
        ageMs: expect.any(Number),
        phase: 'response',
      },
    ])
    for (const { ageMs } of report.requests.lost) expect(ageMs).toBeGreaterThanOrEqual(190)
    expect(report.work.map(({ label }) => label)).toEqual([
      'mail',
      expect.stringContaining('commit'),
    ])
    expect(report.work[0]?.ageMs).toBeGreaterThanOrEqual(190)
    expect(report.phases.map(({ name }) => name)).toEqual([
      'unready',
      'accept',
      'finish',
      'abort',
      'destroy',
      'cleanup',
    ])
    const byName = Object.fromEntries(report.phases.map(({ name, ms }) => [name, ms]))
    const { unready = 0, accept = 0, finish = 0 } = byName
    expect(unready + accept + finish).toBeGreaterThanOrEqual(90)
    expect(byName.abort).toBeGreaterThanOrEqual(90)
    const sum = report.phases.reduce((total, { ms }) => total + ms, 0)
    const roundedMs = report.phases.length
    expect(Math.abs(sum - report.ms)).toBeLessThanOrEqual(roundedMs)
    const destroyed = host.speaks === 'h2' ? report.sessions : report.connections
    expect(destroyed).toMatchObject({ destroyed: 2 })
    goOn.open()
    await waitFor('the handlers', Promise.all([held.over, begun.over]))
    site.errors.take()
  })

  row('D9 gives onPhase each phase once, with the report as it then stood', async () => {
    const goOn = createLatch()
    const phases = createPhases()
    const quick = createVisit(async (call) => {
      await goOn.opened
      call.send(200, 'served')
    })
    const forever = createLatch()
    const stuck = createVisit(() => forever.opened)
    const drain = { graceMs: 800, abortMs: 100, idleGraceMs: 50 }
    const site = await start(
      { '/quick': quick.handler, '/stuck': stuck.handler },
      { options: { drain, onPhase: phases.onPhase } },
    )
    site.hang.onClose('db', () => {})
    const peers = [await site.connect(), await site.connect()] as const
    const { reply } = peers[0].request({ path: '/quick' })
    peers[1].request({ path: '/stuck' })
    await waitFor('two requests', Promise.all([quick.arrived, stuck.arrived]))
    const drained = site.hang.drain()
    await phases.reached('finish')
    goOn.open()
    await waitFor('the reply', reply)
    const report = await waitFor('the drain', drained)

    const names = ['unready', 'accept', 'finish', 'abort', 'destroy', 'cleanup', 'closed']
    expect(phases.entered).toEqual(names)
    for (const [index, name] of ['finish', 'abort', 'cleanup'].entries()) {
      const soFar = await phases.reached(name as PhaseName)
      const passed = names.slice(0, names.indexOf(name))
      expect(soFar.phases.map((phase) => phase.name)).toEqual(passed)
      expect(soFar.requests).toMatchObject(
        [
          { finished: 0, lost: [] },
          { finished: 1, lost: [] },
          { finished: 1, lost: [{ url: '/stuck' }] },
        ][index] as object,
      )
      expect(soFar.clean).toBe(name !== 'cleanup')
      expect(soFar.hooks).toEqual([])
    }
    const { ms, ...last } = await phases.reached('closed')
    expect(last).toEqual({ ...report, ms: undefined, work: [] })
    expect(report.ms).toBeGreaterThanOrEqual(ms)
    forever.open()
    await waitFor('the handler', stuck.over)
    site.errors.take()
  })

  row('D9 counts what finished and what its client left', async () => {
    const goOn = createLatch()
    const [stays, leaves] = [
      createVisit(async (call) => {
        await goOn.opened
        call.send(200, 'served')
      }),
      createVisit(),
    ]
    const phases = createPhases()
    const site = await start(
      { '/stays': stays.handler, '/leaves': leaves.handler },
      { options: { onPhase: phases.onPhase } },
    )
    const peers = [await site.connect(), await site.connect()] as const
    const { reply } = peers[0].request({ path: '/stays' })
    peers[1].request({ path: '/leaves' })
    await waitFor('two requests', Promise.all([stays.arrived, leaves.arrived]))
    const drained = site.hang.drain()
    await phases.reached('finish')
    peers[1].reset()
    await waitFor('the abort', leaves.over)
    goOn.open()
    await waitFor('the reply', reply)
    const report = await waitFor('the drain', drained)
    expect(report.requests).toEqual({ finished: 1, refused: 0, aborted: 1, lost: [] })
    expect(report.clean).toBe(true)
  })

  row('D9 counts requests over TLS and HTTP/2 once for each connection', async () => {
    const site = await start({ '/': (call) => call.send(200, 'served') })
    for (let count = 0; count < 3; count++) {
      const peer = await site.connect()
      await waitFor('a reply', peer.request().reply)
    }
    const { connections, sessions } = await waitFor('the drain', site.hang.drain())
    const total =
      connections.idle + connections.finished + connections.destroyed + sessions.finished
    expect(total).toBe(3)
  })
}
