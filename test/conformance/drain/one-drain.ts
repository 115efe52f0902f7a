import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { listen } from '../../hosts/transport.ts'
import { createLatch } from '../../support/latch.ts'
import { startClock } from '../../support/own-time.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage, type Site } from '../stage.ts'
import { createVisit } from '../visit.ts'
import { createPhases } from './phases.ts'
import { ways } from './ways.ts'

/** D13 and D15: every way of closing is the same drain, and one with nothing to do is short. */
export function oneDrain(host: Host): void {
  const { start, row } = createStage(host)

  for (const [name, close] of ways) {
    row(`D13 drains on ${name}, and joins the others to it`, async () => {
      const goOn = createLatch()
      const phases = createPhases()
      const visit = createVisit(async (call) => {
        await goOn.opened
        call.send(200, 'served')
      })
      const site = await start({ '/': visit.handler }, { options: { onPhase: phases.onPhase } })
      expect(site.hang.state).toBe('serving')
      const peer = await site.connect()
      const { reply } = peer.request()
      await waitFor('the request', visit.arrived)

      let isClosed = false
      const first = close(site).then(() => {
        isClosed = true
      })
      await phases.reached('finish')
      const others = ways.map(([, join]) => join(site))
      const [report, same] = [site.hang.drain(), site.hang.drain('again')]
      expect(site.hang.state).toBe('draining')
      expect(isClosed).toBe(false)
      goOn.open()
      expect(await waitFor('the reply', reply)).toMatchObject({ status: 200, ending: 'complete' })
      await waitFor('the close', first)
      await waitFor('the others', Promise.all(others))
      expect(await report).toBe(await same)
      expect(await report).toMatchObject({ clean: true, requests: { finished: 1 } })
      expect(phases.entered).toEqual(['unready', 'accept', 'finish', 'cleanup', 'closed'])
      expect(site.hang.state).toBe('closed')
      expect(site.server.listening).toBe(false)
      // After it: still the same, at once.
      for (const [, again] of ways) await waitFor('a close after the close', again(site))
    })
  }

  row(
    'D13 is the same drain to onPhase and drainSignal, which ask for it as it starts',
    async () => {
      const sites: Site[] = []
      const asked: Promise<unknown>[] = []
      const entered: string[] = []
      const ask = () => {
        for (const { hang } of sites) asked.push(hang.drain('again'))
      }
      const onPhase = (phase: string) => {
        entered.push(phase)
        ask()
      }
      const site = await start({}, { options: { onPhase } })
      sites.push(site)
      site.hang.drainSignal.addEventListener('abort', ask)
      const drained = site.hang.drain('once')
      expect(await waitFor('the drain', drained)).toMatchObject({ why: 'once', clean: true })
      expect(entered).toEqual(['unready', 'accept', 'finish', 'cleanup', 'closed'])
      expect(asked).toHaveLength(entered.length + 1)
      for (const same of asked) expect(same).toBe(drained)
    },
  )

  row('D13 waits for clean-up that has begun, whoever closes then', async () => {
    const site = await start({})
    const begun = createLatch()
    const goOn = createLatch()
    const steps: string[] = []
    site.hang.onClose('slow', async () => {
      begun.open()
      await goOn.opened
      await turns()
      steps.push('slow')
    })
    const drained = site.hang.drain()
    await waitFor('clean-up', begun.opened)
    const closing = ways.map(async ([name, close]) => {
      await close(site)
      steps.push(name)
    })
    await turns()
    goOn.open()
    await waitFor('all of them', Promise.all(closing))
    expect(steps[0]).toBe('slow')
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
  })

  row('D13 drains when a handler asks for it, and answers that request', async () => {
    const sites: Site[] = []
    const drained = createLatch<unknown>()
    const site = await start({
      '/': (call) => {
        void sites[0]?.hang.drain('asked by a handler').then(drained.open)
        call.send(200, 'as you wish')
      },
    })
    sites.push(site)
    const peer = await site.connect()
    expect(await waitFor('the reply', peer.request().reply)).toMatchObject({ text: 'as you wish' })
    expect(await waitFor('the drain', drained.opened)).toMatchObject({
      clean: true,
      why: 'asked by a handler',
      requests: { finished: 1 },
    })
  })

  for (const [how, onPhase] of [
    ['throws', fail],
    ['rejects', async () => fail()],
  ] as const) {
    row(`D13 never rejects, and is not stopped by an onPhase that ${how}`, async () => {
      const site = await start({}, { options: { onPhase } })
      expect(await waitFor('the drain', site.hang.drain())).toMatchObject({ clean: true })
      await turns()
      const errors = site.errors.take()
      expect(errors.length).toBeGreaterThan(0)
      expect(errors.filter(({ from }) => from === 'process')).toEqual([])
    })
  }

  row("D13 emits the server's 'close' once", async () => {
    const site = await start({ '/': (call) => call.send(200, 'served') })
    const peer = await site.connect()
    await waitFor('the reply', peer.request().reply)
    let closes = 0
    site.server.on('close', () => closes++)
    await waitFor('the close', site.close())
    await turns()
    expect(closes).toBe(1)
  })

  row('D13 leaves a server that listens again to its own close', async () => {
    const site = await start({ '/': (call) => call.send(200, 'served') })
    await waitFor('the close', site.close())
    for (const [name, close] of ways.slice(0, 2)) {
      await waitFor('the port', listen(site.server))
      await waitFor(name, close(site))
      expect(site.server.listening).toBe(false)
    }
  })

  row('D15 ends at once where there is nothing to wait for', async () => {
    const site = await start({ '/': (call) => call.send(200, 'served') })
    const elapsed = startClock()
    const report = await waitFor('the drain', site.hang.drain())
    expect(elapsed()).toBeLessThan(250)
    expect(report).toMatchObject({ clean: true })
  })

  row('D15 does not wait for connections that have closed before', async () => {
    const site = await start({ '/': (call) => call.send(200, 'served') })
    const peer = await site.connect()
    await waitFor('the reply', peer.request().reply)
    const gone = new Promise<void>((resolve) => {
      const look = () =>
        site.server.getConnections((_, count) => (count === 0 ? resolve() : setImmediate(look)))
      look()
    })
    peer.fin()
    await waitFor('the connection to go', gone)
    const elapsed = startClock()
    await waitFor('the drain', site.hang.drain())
    expect(elapsed()).toBeLessThan(250)
  })
}

function fail(): never {
  throw new Error('as the row wants it')
}
