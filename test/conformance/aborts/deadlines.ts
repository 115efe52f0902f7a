import { Readable } from 'node:stream'
import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit, startResponse } from '../visit.ts'

/** A11: an exchange's deadline. */
export function deadlines(host: Host): void {
  const { start, row } = createStage(host)

  for (const [where, deadlineMs, own] of [
    ['of the option', 50, undefined],
    ['that the exchange sets', 0, 50],
    ['that the exchange moves', 600_000, 50],
  ] as const) {
    row(`A11 aborts and answers 503 at the deadline ${where}`, async () => {
      const goOn = createLatch()
      const visit = createVisit(async (call) => {
        if (own !== undefined) call.exchange.deadline(own)
        await aborted(call.signal)
        await goOn.opened
        call.send(200, 'too late', { 'x-late': 'yes' })
      })
      const site = await start({ '/': visit.handler }, { options: { deadlineMs } })
      const peer = await site.connect()
      const sent = peer.request()
      const { signal, exchange } = await waitFor('the request', visit.arrived)
      expect(await waitFor('the abort', aborted(signal))).toMatchObject({
        name: 'TimeoutError',
        code: 'ERR_DEADLINE',
        phase: 'handler',
        status: 503,
        expose: false,
      })
      const reply = await waitFor('the reply', sent.reply)
      expect(reply).toMatchObject({ status: 503, ending: 'complete' })
      expect(reply.text).not.toContain('too late')
      expect(reply.headers).not.toHaveProperty('x-late')
      expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
        kind: 'aborted',
        by: 'deadline',
        status: 503,
      })
      goOn.open()
      await waitFor('the handler', visit.over)
      await turns()
    })
  }

  row('A11 answers 503 where the handler rejects with the reason, and logs nothing', async () => {
    const visit = createVisit()
    const site = await start({ '/': visit.handler }, { options: { deadlineMs: 50 } })
    const peer = await site.connect()
    const sent = peer.request()
    expect(await waitFor('the reply', sent.reply)).toMatchObject({
      status: 503,
      ending: 'complete',
    })
    await waitFor('the handler', visit.over)
    await turns()
  })

  row('A11 drops what was half made', async () => {
    const goOn = createLatch()
    const halfPage = Readable.from(
      (async function* () {
        yield 'half a page'
        await goOn.opened
        yield 'the other half'
      })(),
    )
    const visit = createVisit((call) => call.stream(halfPage, { 'x-half': 'made' }))
    const site = await start({ '/': visit.handler }, { options: { deadlineMs: 50 } })
    const peer = await site.connect()
    const reply = await waitFor('the reply', peer.request().reply)
    expect(reply).toMatchObject({ status: 503, ending: 'complete' })
    expect(reply.text).not.toContain('half')
    expect(reply.headers).not.toHaveProperty('x-half')
    goOn.open()
    await waitFor('the handler', visit.over)
  })

  row('A11 drops headers and hints that come behind its 503, and throws for none', async () => {
    const goOn = createLatch()
    const link = '</style.css>; rel=preload; as=style'
    const visit = createVisit(async ({ res }) => {
      await goOn.opened
      res.setHeaders?.(new Map([['x-late', 'yes']]))
      const waits = [
        new Promise<void>((done) => res.writeContinue(done)),
        new Promise<void>((done) => (res.writeProcessing ? res.writeProcessing(done) : done())),
        new Promise<void>((done) => res.writeEarlyHints({ link }, done)),
      ]
      await Promise.all(waits)
      res.end('too late')
    })
    const site = await start({ '/': visit.handler }, { options: { deadlineMs: 50 } })
    const peer = await site.connect()
    const reply = await waitFor('the reply', peer.request().reply)
    expect(reply).toMatchObject({ status: 503, ending: 'complete' })
    goOn.open()
    await waitFor('the handler', visit.over)
    await turns()
  })

  row('A11 aborts a response that has begun, and leaves its end to the handler', async () => {
    const visit = createVisit(async (call) => {
      startResponse(call, 'begun ')
      await aborted(call.signal)
      call.res.end('ended')
    })
    const site = await start({ '/': visit.handler }, { options: { deadlineMs: 50 } })
    const peer = await site.connect()
    const sent = peer.request()
    const { exchange } = await waitFor('the request', visit.arrived)
    expect(await waitFor('the reply', sent.reply)).toMatchObject({
      status: 200,
      text: 'begun ended',
      ending: 'complete',
    })
    expect((await waitFor('the outcome', exchange.outcome)).kind).not.toBe('aborted')
  })

  row('A11 answers 503 to an upload that is not through by the deadline', async () => {
    const visit = createVisit(async (call) => call.send(200, await call.body()))
    const site = await start({ '/': visit.handler }, { options: { deadlineMs: 100 } })
    const peer = await site.connect()
    const headers = { 'content-type': 'application/octet-stream' }
    const sent = peer.request({ headers, body: 'a', open: true })
    const { exchange } = await waitFor('the request', visit.arrived)
    const dripping = setInterval(() => sent.write('a'), 20)
    const reply = await waitFor('the reply', sent.reply)
    clearInterval(dripping)
    expect(reply).toMatchObject({ status: 503, ending: 'complete' })
    // An HTTP/2 stream is over when both sides are.
    if (host.speaks === 'h2') sent.end()
    expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
      kind: 'aborted',
      by: 'deadline',
      phase: 'upload',
      status: 503,
    })
    peer.reset()
    await waitFor('the handler', visit.over)
  })

  row('A11 has no deadline any more once it is taken away', async () => {
    const goOn = createLatch()
    const visit = createVisit(async (call) => {
      call.exchange.deadline(0)
      await goOn.opened
      call.send(200, 'at last')
    })
    const late = createVisit((call) => aborted(call.signal))
    const site = await start(
      { '/': visit.handler, '/late': late.handler },
      { options: { deadlineMs: 50 } },
    )
    const sent = (await site.connect()).request()
    const { signal } = await waitFor('the request', visit.arrived)
    // A later request that runs into its deadline shows that the first one's has passed.
    const { reply } = (await site.connect()).request({ path: '/late' })
    expect(await waitFor('the later reply', reply)).toMatchObject({ status: 503 })
    expect(signal.aborted).toBe(false)
    goOn.open()
    expect(await waitFor('the reply', sent.reply)).toMatchObject({ status: 200, text: 'at last' })
  })

  row('A11 does not abort a response that is in time', async () => {
    const inTime = createVisit((call) => call.send(200, 'in time'))
    const late = createVisit((call) => aborted(call.signal))
    const site = await start(
      { '/': inTime.handler, '/late': late.handler },
      { options: { deadlineMs: 50 } },
    )
    const peer = await site.connect()
    const sent = peer.request()
    const { signal } = await waitFor('the request', inTime.arrived)
    expect(await waitFor('the reply', sent.reply)).toMatchObject({ status: 200 })
    // A later request that runs into its deadline shows that the first one's has passed.
    const reply = await waitFor('the later reply', peer.request({ path: '/late' }).reply)
    expect(reply).toMatchObject({ status: 503 })
    expect(signal.aborted).toBe(false)
  })
}
