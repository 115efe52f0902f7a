import { isAbort } from '@hangup/core'
import { expect } from 'vitest'
import type { Call, Host } from '../../hosts/host.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { suddenLeave } from '../leaves.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit } from '../visit.ts'

/** B9: all other errors reach the framework as ever, once. */
export function reported(host: Host): void {
  const { start, row } = createStage(host)

  const afterAbort: Record<string, (call: Call) => unknown> = {
    'an unrelated error': () => new Error('unrelated'),
    'an AbortError of somebody else': () => abortError(),
    'an error that wraps an AbortError of somebody else': () =>
      new Error('unrelated', { cause: abortError() }),
    'an ECONNRESET of somebody else': () =>
      Object.assign(new Error('unrelated'), { code: 'ECONNRESET' }),
  }

  for (const [what, make] of Object.entries(afterAbort)) {
    row(`B9 reports ${what} once, after the client left`, async () => {
      const visit = createVisit(async (call) => {
        await aborted(call.signal)
        throw make(call)
      })
      const site = await start({ '/': visit.handler })
      const peer = await site.connect()
      const sent = peer.request()
      await waitFor('the request', visit.arrived)
      suddenLeave(host).go(peer, sent)
      await waitFor('an error', site.errors.some)
      await turns()
      const errors = site.errors.take()
      expect(errors).toHaveLength(1)
      expect(errors[0]?.text).toContain('unrelated')
    })
  }

  row('B9 reports an error that the abort of another exchange caused, once', async () => {
    const other = createVisit()
    const visit = createVisit(async (call) => {
      await aborted(call.signal)
      throw new Error('unrelated', { cause: (await other.arrived).signal.reason })
    })
    const site = await start({ '/': visit.handler, '/other': other.handler })
    const [peer, gone] = [await site.connect(), await site.connect()]
    const left = gone.request({ path: '/other' })
    const { signal } = await waitFor('the other request', other.arrived)
    const sent = peer.request()
    await waitFor('the request', visit.arrived)
    suddenLeave(host).go(gone, left)
    await waitFor('the abort of the other', aborted(signal))
    suddenLeave(host).go(peer, sent)
    await waitFor('an error', site.errors.some)
    await turns()
    expect(site.errors.take()).toHaveLength(1)
  })

  for (const [what, make] of [
    ['an error', () => new Error('unrelated')],
    ['an AbortError of somebody else', abortError],
  ] as const) {
    row(
      `B9 answers 500 to ${what} of a handler whose client waits, and reports it once`,
      async () => {
        const visit = createVisit(async () => {
          throw make()
        })
        const site = await start({ '/': visit.handler })
        const peer = await site.connect()
        const sent = peer.request()
        const { exchange, signal } = await waitFor('the request', visit.arrived)
        const reply = await waitFor('the reply', sent.reply)
        expect(reply).toMatchObject({ status: 500, ending: 'complete' })
        expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
          kind: 'failed',
          status: 500,
          error: { message: 'unrelated' },
        })
        await waitFor('an error', site.errors.some)
        await turns()
        expect(site.errors.take()).toHaveLength(1)
        expect(signal.aborted).toBe(false)
      },
    )
  }

  row('B9 tells its own aborts from those of others, by identity or cause', async () => {
    const visit = createVisit()
    const other = createVisit()
    const site = await start({ '/': visit.handler, '/other': other.handler })
    const [peer, second] = [await site.connect(), await site.connect()]
    const sent = peer.request()
    const left = second.request({ path: '/other' })
    const { signal, exchange } = await waitFor('the request', visit.arrived)
    const { exchange: otherExchange } = await waitFor('the other', other.arrived)
    expect(isAbort(abortError(), exchange)).toBe(false)
    suddenLeave(host).go(peer, sent)
    suddenLeave(host).go(second, left)
    const reason = await waitFor('the abort', aborted(signal))
    await waitFor('the other abort', otherExchange.outcome)

    expect(isAbort(reason)).toBe(true)
    expect(isAbort(reason, exchange)).toBe(true)
    expect(isAbort(new Error('wrapped', { cause: reason }), exchange)).toBe(true)
    expect(isAbort(reason, otherExchange)).toBe(false)
    expect(isAbort(abortError())).toBe(false)
    expect(isAbort(abortError(), exchange)).toBe(false)
    expect(isAbort(undefined, exchange)).toBe(false)
  })
}

function abortError(): Error {
  return new DOMException('unrelated', 'AbortError')
}
