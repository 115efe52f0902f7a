import type { DrainReport } from '@hangup/core'
import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { startClock } from '../../support/own-time.ts'
import { pause } from '../../support/pause.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage } from '../stage.ts'
import { createVisit } from '../visit.ts'
import { createPhases } from './phases.ts'
import { ways } from './ways.ts'

/** D11: what is closed once nothing is in flight, and in what order. */
export function cleanup(host: Host): void {
  const { start, row } = createStage(host)

  row('D11 cleans up last registered first, each behind what its `after` names', async () => {
    const site = await start({})
    const order: string[] = []
    const { hang } = site
    hang.onClose('log', () => order.push('log'))
    hang.onClose('db', async () => {
      await pause(20)
      order.push('db')
    })
    hang.onClose('cache', () => order.push('cache'))
    hang.onClose('metrics', () => order.push('metrics'), { after: ['log', 'cache'] })
    hang.onClose('queue', () => order.push('queue'), { after: 'db' })
    const { hooks, clean } = await waitFor('the drain', hang.drain())
    expect(order).toEqual(['cache', 'db', 'queue', 'log', 'metrics'])
    expect(clean).toBe(true)
    expect(hooks.filter(({ name }) => name !== 'framework').map(({ name }) => name)).toEqual(order)
    expect(hooks.find(({ name }) => name === 'db')?.ms).toBeGreaterThanOrEqual(15)
  })

  row('D11 cleans up after the last response has been flushed, not before', async () => {
    const goOn = createLatch()
    const phases = createPhases()
    const visit = createVisit(async (call) => {
      await goOn.opened
      call.send(200, Buffer.alloc(4_000_000))
    })
    const steps: string[] = []
    const site = await start(
      { '/': visit.handler },
      {
        options: {
          onPhase: phases.onPhase,
          drain: { graceMs: 20_000 },
          onSettled: (_, { kind }) => steps.push(kind),
        },
      },
    )
    site.hang.onClose('db', () => steps.push('db'))
    const peer = await site.connect()
    const sent = peer.request()
    await waitFor('the request', visit.arrived)
    const drained = site.close()
    await phases.reached('finish')
    peer.pause()
    goOn.open()
    await waitFor('the handler', visit.over)
    await pause(100)
    expect(steps).not.toContain('db')
    peer.resume()
    expect(await waitFor('the reply', sent.reply)).toMatchObject({ ending: 'complete' })
    await waitFor('the drain', drained)
    expect(steps).toEqual(['flushed', 'db'])
  })

  row('D11 skips nothing for a failure or a time-out, and reports both', async () => {
    const site = await start({}, { options: { drain: { closeMs: 2_000 } } })
    const ran: string[] = []
    const { hang } = site
    hang.onClose('last', () => ran.push('last'))
    hang.onClose('throws', () => {
      throw new Error('as the row wants it')
    })
    hang.onClose('rejects', () => Promise.reject(new Error('that too')))
    hang.onClose('hangs', () => new Promise(() => {}), { timeoutMs: 50 })
    const elapsed = startClock()
    const { hooks, clean } = await waitFor('the drain', hang.drain())
    expect(elapsed()).toBeLessThan(1_500)
    expect(ran).toEqual(['last'])
    expect(clean).toBe(false)
    expect(hooks.slice(0, 4)).toMatchObject([
      { name: 'hangs', error: { message: expect.stringContaining('hangs') } },
      { name: 'rejects', error: { message: 'that too' } },
      { name: 'throws', error: { message: 'as the row wants it' } },
      { name: 'last' },
    ])
    expect(hooks[3]).not.toHaveProperty('error')
    expect(site.errors.take()).toHaveLength(3)
  })

  row('D11 spends no more than closeMs on all of them', async () => {
    const site = await start({}, { options: { drain: { closeMs: 200 } } })
    const ran: string[] = []
    for (const name of ['third', 'second', 'first']) {
      site.hang.onClose(name, () => {
        ran.push(name)
        return new Promise(() => {})
      })
    }
    const elapsed = startClock()
    const { phases, hooks } = await waitFor('the drain', site.hang.drain())
    expect(elapsed()).toBeLessThan(500)
    expect(ran).toEqual(['first', 'second', 'third'])
    expect(hooks.filter((hook) => 'error' in hook).length).toBeGreaterThanOrEqual(3)
    const ms = phases.find(({ name }) => name === 'cleanup')?.ms
    expect(ms).toBeGreaterThanOrEqual(190)
    site.errors.take()
  })

  row(
    'D11 refuses a circle, an unknown name, a name used before, a limit that is none',
    async () => {
      const { hang } = await start({})
      const fn = () => {}
      hang.onClose('db', fn)
      expect(() => hang.onClose('queue', fn, { after: 'queue' })).toThrow(/circle/)
      expect(() => hang.onClose('queue', fn, { after: ['db', 'cache'] })).toThrow(/"cache"/)
      expect(() => hang.onClose('db', fn)).toThrow(/not used before/)
      expect(() => hang.onClose('', fn)).toThrow(/non-empty/)
      expect(() => hang.onClose('queue', fn, { timeoutMs: -1 })).toThrow(/timeoutMs/)
      await waitFor('the drain', hang.drain())
      expect(() => hang.onClose('late', fn)).toThrow(/too late/)
    },
  )

  for (const [name, close] of ways) {
    row(`D11 does not let a clean-up function wait for itself on ${name}`, async () => {
      const site = await start({})
      const steps: string[] = []
      site.hang.onClose('last', () => steps.push('last'))
      site.hang.onClose('closes', async () => {
        await pause(1)
        await close(site)
        steps.push('closes')
      })
      const { clean, hooks } = await waitFor('the drain', site.hang.drain())
      expect({ clean, hooks: hooks.slice(0, 2) }).toMatchObject({
        clean: true,
        hooks: [{ name: 'closes' }, { name: 'last' }],
      })
      expect(steps).toEqual(['closes', 'last'])
    })
  }

  row('D11 gives a clean-up function that asks for it the report as it stands', async () => {
    const site = await start({})
    let asked: DrainReport | undefined
    let later: Promise<DrainReport> | undefined
    site.hang.onClose('second', () => {})
    site.hang.onClose('first', async () => {
      asked = await site.hang.drain()
      later = pause(20).then(() => site.hang.drain())
    })
    const report = await waitFor('the drain', site.hang.drain('for the row'))
    expect(asked).toMatchObject({ why: 'for the row', clean: true, hooks: [] })
    expect(await waitFor('what it left behind', later ?? Promise.reject())).toBe(report)
  })
}
