import type { ShieldOptions } from '@hangup/core'
import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { waitFor } from '../../support/wait-for.ts'
import { suddenLeave } from '../leaves.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit } from '../visit.ts'
import { createPhases } from './phases.ts'

/** D7 and D8: shields and `waitUntil`, which outlive clients and responses. */
export function work(host: Host): void {
  const { start, row } = createStage(host)

  row('D8 aborts shields at the hard deadline, with ERR_DRAIN_DEADLINE, not before', async () => {
    const phases = createPhases()
    const shields = [createLatch<unknown>(), createLatch<unknown>()] as const
    const visit = createVisit(async ({ exchange }) => {
      await exchange.shield(async (signal) => shields[0].open(await aborted(signal)))
      // Begun when the deadline has passed: it is told at once.
      await exchange.shield((signal) => shields[1].open(signal.reason))
    })
    const drain = { graceMs: 100, abortMs: 100, idleGraceMs: 50 }
    const site = await start(
      { '/': visit.handler },
      { options: { drain, onPhase: phases.onPhase } },
    )
    const peer = await site.connect()
    peer.request()
    const { signal } = await waitFor('the request', visit.arrived)
    const drained = site.hang.drain()
    const first = shields[0].opened.then((reason) => ({ reason, entered: [...phases.entered] }))
    expect(await waitFor('the abort', aborted(signal))).toMatchObject({
      code: 'ERR_DRAIN_DEADLINE',
    })
    const { reason, entered } = await waitFor('the shield', first)
    expect(reason).toMatchObject({ name: 'AbortError', code: 'ERR_DRAIN_DEADLINE' })
    expect(entered).toContain('destroy')
    expect(await waitFor('the second shield', shields[1].opened)).toMatchObject({
      code: 'ERR_DRAIN_DEADLINE',
    })
    await waitFor('the handler', visit.over)
    const { work, requests } = await waitFor('the drain', drained)
    expect({ work, lost: requests.lost.length }).toEqual({ work: [], lost: 1 })
  })

  row('D7 aborts a shield at its own timeoutMs, and for nothing else', async () => {
    const told = createLatch<unknown>()
    const goOn = createLatch()
    const visit = createVisit(async ({ exchange }) => {
      await exchange.shield(
        async (signal) => {
          await goOn.opened
          expect(signal.aborted).toBe(false)
          told.open(await aborted(signal))
        },
        { timeoutMs: 1_000 },
      )
    })
    const site = await start({ '/': visit.handler })
    const peer = await site.connect()
    const sent = peer.request()
    const { signal } = await waitFor('the request', visit.arrived)
    suddenLeave(host).go(peer, sent)
    await waitFor('the abort of the exchange', aborted(signal))
    goOn.open()
    expect(await waitFor('the abort of the shield', told.opened)).toMatchObject({
      name: 'TimeoutError',
      code: 'ERR_DEADLINE',
    })
    await waitFor('the handler', visit.over)
  })

  row('D7 gives back what a shield gives, and rejects as it rejects', async () => {
    const visit = createVisit(async ({ exchange, send }) => {
      const failure = new Error('as the row wants it')
      const given = await exchange.shield(() => 42)
      const thrown = await exchange
        .shield(() => {
          throw failure
        })
        .catch((error: unknown) => error)
      send(200, `${given} ${thrown === failure}`)
    })
    const site = await start({ '/': visit.handler })
    const { reply } = (await site.connect()).request()
    expect(await waitFor('the reply', reply)).toMatchObject({ status: 200, text: '42 true' })
  })

  row(
    'D7 rejects a shield that is given no function or an unknown option, and waits for none',
    async () => {
      const visit = createVisit(async ({ exchange, send }) => {
        const called = Promise.resolve()
        await expect(exchange.shield(called as never)).rejects.toMatchObject({
          code: 'ERR_HANGUP_OPTION',
          message: 'shield(fn) must be a function, which gets the signal, got an object (Promise)',
        })
        const misspelt = { timeout: 5_000 } as ShieldOptions
        await expect(exchange.shield(() => called, misspelt)).rejects.toMatchObject({
          code: 'ERR_HANGUP_OPTION',
          message:
            'shield options.timeout is not an option: remove it, or use timeoutMs (got 5000)',
        })
        send(200, 'served')
      })
      const site = await start({ '/': visit.handler })
      const { reply } = (await site.connect()).request()
      expect(await waitFor('the reply', reply)).toMatchObject({ status: 200 })
      expect(await waitFor('the drain', site.hang.drain())).toMatchObject({ clean: true })
    },
  )

  row('D7 reports the rejection of a waitUntil once, and refuses what is no promise', async () => {
    const visit = createVisit(({ exchange, send }) => {
      exchange.waitUntil(Promise.reject(new Error('as the row wants it')), 'mail')
      const notCalled = async () => {}
      expect(() => exchange.waitUntil(notCalled as never)).toThrow(/must be a promise/)
      send(200, 'served')
    })
    const site = await start({ '/': visit.handler })
    const { reply } = (await site.connect()).request()
    expect(await waitFor('the reply', reply)).toMatchObject({ status: 200 })
    const { clean } = await waitFor('the drain', site.hang.drain())
    expect(clean).toBe(true)
    const errors = site.errors.take()
    expect(errors).toHaveLength(1)
    expect(errors[0]?.text).toContain('mail')
  })

  row('B8 reports no waitUntil that ended by the abort of its exchange', async () => {
    const visit = createVisit(async ({ exchange, signal }) => {
      const asking = aborted(signal).then((reason) => Promise.reject(reason))
      exchange.waitUntil(asking, 'a query')
      await asking
    })
    const site = await start({ '/': visit.handler })
    const peer = await site.connect()
    const sent = peer.request()
    await waitFor('the request', visit.arrived)
    suddenLeave(host).go(peer, sent)
    await waitFor('the handler', visit.over)
    peer.reset()
    expect(await waitFor('the drain', site.hang.drain())).toMatchObject({ clean: true })
  })
}
