import type { ServerResponse } from 'node:http'
import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { waitFor } from '../../support/wait-for.ts'
import { suddenLeave } from '../leaves.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit } from '../visit.ts'
import { createPhases } from './phases.ts'

/** D7: a handler is in flight until it has settled, whatever became of its client. */
export function inFlight(host: Host): void {
  const { start, row } = createStage(host)

  row('D7 waits for a handler whose client has left', async () => {
    const goOn = createLatch()
    const phases = createPhases()
    let isOver = false
    const visit = createVisit(async (call) => {
      await aborted(call.signal)
      await goOn.opened
      isOver = true
    })
    const site = await start({ '/': visit.handler }, { options: { onPhase: phases.onPhase } })
    const peer = await site.connect()
    const sent = peer.request()
    const { signal } = await waitFor('the request', visit.arrived)
    suddenLeave(host).go(peer, sent)
    await waitFor('the abort', aborted(signal))
    peer.reset()
    const drained = site.close()
    await phases.reached('finish')
    expect(site.hang.exchanges()).toMatchObject([
      { method: 'GET', url: '/', phase: 'handler', isClientGone: true },
    ])
    expect({ isOver, state: site.hang.state }).toEqual({ isOver: false, state: 'draining' })
    goOn.open()
    await waitFor('the drain', drained)
    expect(isOver).toBe(true)
    expect((await phases.reached('closed')).clean).toBe(true)
    expect(phases.entered).not.toContain('abort')
  })

  if (host.speaks === 'http/1.1') {
    row("D7 waits for what a listener for 'checkContinue' serves", async () => {
      const [begun, goOn] = [createLatch(), createLatch()]
      const phases = createPhases()
      const site = await start({}, { options: { onPhase: phases.onPhase } })
      site.server.on('checkContinue', async (_, res: ServerResponse) => {
        begun.open()
        await goOn.opened
        res.end('served')
      })
      const peer = await site.connectHttp1()
      peer.send('GET / HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n\r\n')
      const { reply } = peer.expectReply()
      await waitFor('the request', begun.opened)
      const drained = site.close()
      await phases.reached('finish')
      expect(site.hang.exchanges()).toMatchObject([{ method: 'GET', url: '/' }])
      goOn.open()
      const { text, headers } = await waitFor('the reply', reply)
      expect({ text, connection: headers.connection }).toEqual({
        text: 'served',
        connection: 'close',
      })
      await waitFor('the drain', drained)
      expect(phases.entered).not.toContain('abort')
    })
  }

  row('D7 waits for shields and for waitUntil', async () => {
    const goOn = [createLatch(), createLatch()] as const
    const phases = createPhases()
    const visit = createVisit(({ exchange, send }) => {
      void exchange.shield(() => goOn[0].opened)
      exchange.waitUntil(goOn[1].opened, 'mail')
      send(200, 'served')
    })
    const site = await start({ '/': visit.handler }, { options: { onPhase: phases.onPhase } })
    const peer = await site.connect()
    await waitFor('the reply', peer.request().reply)
    peer.reset()
    const drained = site.hang.drain()
    let isDrained = false
    void drained.then(() => {
      isDrained = true
    })
    const { work } = await phases.reached('finish')
    expect(work.map(({ label }) => label)).toEqual([expect.stringContaining('shield'), 'mail'])
    goOn[0].open()
    await new Promise((next) => setTimeout(next, 100))
    expect(isDrained).toBe(false)
    goOn[1].open()
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true, work: [] })
    expect(phases.entered).not.toContain('abort')
  })

  row('D7 keeps a shielded commit whole while its client resets and the drain begins', async () => {
    const goOn = createLatch()
    const steps: string[] = []
    const phases = createPhases()
    const visit = createVisit(async ({ exchange }) => {
      await exchange.shield(async (signal) => {
        steps.push('begun')
        await goOn.opened
        steps.push(signal.aborted ? 'rolled back' : 'committed')
      })
    })
    const site = await start({ '/': visit.handler }, { options: { onPhase: phases.onPhase } })
    site.hang.onClose('db', () => steps.push('closed'))
    const peer = await site.connect()
    const sent = peer.request()
    const { signal } = await waitFor('the request', visit.arrived)
    suddenLeave(host).go(peer, sent)
    const drained = site.close()
    await waitFor('the abort', aborted(signal))
    peer.reset()
    await phases.reached('finish')
    goOn.open()
    await waitFor('the drain', drained)
    expect(steps).toEqual(['begun', 'committed', 'closed'])
    expect((await phases.reached('closed')).clean).toBe(true)
  })

  if (host.speaks === 'h2') return

  row('D7 is not held by pipelined requests whose client has left', async () => {
    const goOn = createLatch()
    const phases = createPhases()
    const visits = [1, 2, 3].map(() => createVisit(() => goOn.opened))
    const site = await start(
      Object.fromEntries(visits.map(({ handler }, index) => [`/${index}`, handler])),
      { options: { onPhase: phases.onPhase } },
    )
    const client = await site.connectHttp1()
    for (const index of visits.keys()) client.request({ path: `/${index}` })
    const calls = await waitFor('the requests', Promise.all(visits.map(({ arrived }) => arrived)))
    const aborts = Promise.all(calls.map(({ signal }) => aborted(signal)))
    client.reset()
    await waitFor('the aborts', aborts)
    const drained = site.hang.drain()
    await phases.reached('finish')
    expect(site.hang.exchanges()).toHaveLength(3)
    goOn.open()
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
    expect(phases.entered).not.toContain('abort')
  })
}
