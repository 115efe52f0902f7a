import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { leavesOf, suddenLeave } from '../leaves.ts'
import type { PeerRequest } from '../peer.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit, startResponse, untilAborted } from '../visit.ts'

/** Far from what is promised (A1: p99 under 20 ms): a bound for machines that are busy. */
const GENEROUS_MS = 1_000

const upload: PeerRequest = {
  open: true,
  body: 'the first part',
  headers: { 'content-type': 'application/octet-stream' },
}

/** A1: a client that leaves early aborts its exchange's signal. */
export function leaving(host: Host): void {
  const { start, row } = createStage(host)

  for (const leave of leavesOf(host)) {
    row(`A1 aborts when the client leaves a GET by ${leave.name}`, async () => {
      const visit = createVisit()
      const site = await start({ '/': visit.handler })
      const peer = await site.connect()
      const sent = peer.request()
      const { signal, exchange } = await waitFor('the request', visit.arrived)
      expect(signal.aborted).toBe(false)

      leave.go(peer, sent)
      const reason = await waitFor('the abort', aborted(signal), GENEROUS_MS)
      expect(reason).toBeInstanceOf(Error)
      expect(reason).toMatchObject({
        name: 'AbortError',
        code: 'ERR_CLIENT_GONE',
        phase: 'handler',
        status: 499,
        expose: false,
      })
      await waitFor('the handler', visit.over)
      expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
        kind: 'aborted',
        by: 'client',
        phase: 'handler',
        status: 499,
        bytes: 0,
      })
    })

    row(`A1 aborts when the client leaves in mid-upload by ${leave.name}`, async () => {
      const visit = createVisit((call) => Promise.all([call.body(), untilAborted(call)]))
      const site = await start({ '/': visit.handler })
      const peer = await site.connect()
      const sent = peer.request(upload)
      const { signal, exchange } = await waitFor('the request', visit.arrived)

      leave.go(peer, sent)
      const reason = await waitFor('the abort', aborted(signal), GENEROUS_MS)
      expect(reason).toMatchObject({ code: 'ERR_CLIENT_GONE', phase: 'upload', status: 499 })
      await waitFor('the handler', visit.over)
      expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
        kind: 'aborted',
        by: 'client',
        phase: 'upload',
        status: 499,
      })
    })

    row(`A1 aborts when the client leaves a POST that was read, by ${leave.name}`, async () => {
      const read = createLatch()
      const visit = createVisit(async (call) => {
        expect(await call.body()).toBe('all of it')
        read.open()
        await untilAborted(call)
      })
      const site = await start({ '/': visit.handler })
      const peer = await site.connect()
      const sent = peer.request({ body: 'all of it', headers: { 'content-type': 'text/plain' } })
      const { signal } = await waitFor('the request', visit.arrived)
      await waitFor('the body', read.opened)
      await turns()

      leave.go(peer, sent)
      const reason = await waitFor('the abort', aborted(signal), GENEROUS_MS)
      expect(reason).toMatchObject({ code: 'ERR_CLIENT_GONE', phase: 'handler' })
      await waitFor('the handler', visit.over)
    })

    row(`A1 aborts when the client leaves in mid-response by ${leave.name}`, async () => {
      const visit = createVisit(async (call) => {
        startResponse(call)
        await aborted(call.signal)
      })
      const site = await start({ '/': visit.handler })
      const peer = await site.connect()
      const sent = peer.request()
      const { signal, exchange } = await waitFor('the request', visit.arrived)
      expect(await waitFor('the head', sent.head)).toMatchObject({ status: 200 })

      leave.go(peer, sent)
      const reason = await waitFor('the abort', aborted(signal), GENEROUS_MS)
      expect(reason).toMatchObject({ code: 'ERR_CLIENT_GONE', phase: 'response' })
      await waitFor('the handler', visit.over)
      expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
        kind: 'aborted',
        by: 'client',
        phase: 'response',
        status: 200,
      })
    })

    row(`A1 aborts when the client leaves an ended response unread, by ${leave.name}`, async () => {
      const size = 32 << 20
      const visit = createVisit((call) => call.send(200, Buffer.alloc(size)))
      const site = await start({ '/': visit.handler })
      const peer = await site.connect()
      const sent = peer.request()
      peer.pause()
      const { signal, exchange } = await waitFor('the request', visit.arrived)
      await waitFor('the handler', visit.over)
      await turns()
      expect(signal.aborted).toBe(false)

      leave.go(peer, sent)
      const reason = await waitFor('the abort', aborted(signal), GENEROUS_MS)
      expect(reason).toMatchObject({ code: 'ERR_CLIENT_GONE', phase: 'response' })
      const outcome = await waitFor('the outcome', exchange.outcome)
      expect(outcome).toMatchObject({ kind: 'aborted', by: 'client', status: 200 })
      expect(outcome.bytes).toBeLessThan(size)
    })
  }

  row('A1 says in the cause what the socket or the stream said', async () => {
    const visit = createVisit()
    const site = await start({ '/': visit.handler })
    const peer = await site.connect()
    const sent = peer.request()
    const { signal } = await waitFor('the request', visit.arrived)
    suddenLeave(host).go(peer, sent)
    const reason = await waitFor('the abort', aborted(signal))
    const { cause } = reason as Error
    if (host.speaks === 'h2') expect(cause).toMatchObject({ code: 'NGHTTP2_CANCEL' })
    // Under TLS, a reset that meets a write of Node's own is an end without an error.
    else if (!host.tls) expect(cause).toMatchObject({ code: 'ECONNRESET' })
  })

  row('A1 aborts once, whatever follows', async () => {
    let count = 0
    const written = createLatch()
    const visit = createVisit(async (call) => {
      call.signal.addEventListener('abort', () => count++)
      await aborted(call.signal)
      call.send(200, 'to nobody')
      written.open()
    })
    const site = await start({ '/': visit.handler })
    const peer = await site.connect()
    const sent = peer.request()
    const { exchange } = await waitFor('the request', visit.arrived)
    suddenLeave(host).go(peer, sent)
    await waitFor('the write', written.opened)
    peer.reset()
    await waitFor('the outcome', exchange.outcome)
    await waitFor('the close of the host', site.close())
    expect(count).toBe(1)
  })

  row('A3 lets the handler run to its last line', async () => {
    const goOn = createLatch()
    const steps: string[] = []
    const visit = createVisit(async ({ signal }) => {
      try {
        await goOn.opened
        steps.push(`went on, aborted: ${signal.aborted}`)
      } finally {
        steps.push('finally')
      }
      steps.push('last line')
    })
    const site = await start({ '/': visit.handler })
    const peer = await site.connect()
    const sent = peer.request()
    const { signal } = await waitFor('the request', visit.arrived)
    suddenLeave(host).go(peer, sent)
    await waitFor('the abort', aborted(signal))
    await turns()
    expect(steps).toEqual([])
    goOn.open()
    await waitFor('the handler', visit.over)
    expect(steps).toEqual(['went on, aborted: true', 'finally', 'last line'])
  })

  row('A4 tells the same when it is read late, at every read', async () => {
    const goOn = createLatch()
    const visit = createVisit(() => goOn.opened)
    const gone = createLatch()
    const site = await start({ '/': visit.handler }, { options: { onSettled: () => gone.open() } })
    const peer = await site.connect()
    const sent = peer.request()
    const call = await waitFor('the request', visit.arrived)
    suddenLeave(host).go(peer, sent)
    await waitFor('the outcome', gone.opened)

    expect(call.signal.aborted).toBe(true)
    expect(call.signal.reason).toMatchObject({ code: 'ERR_CLIENT_GONE', phase: 'handler' })
    expect(call.signal.reason).toBe(call.signal.reason)
    expect(call.exchange.signal).toBe(call.signal)
    expect(call.signal).toBe(call.signal)
    expect(() => call.signal.throwIfAborted()).toThrow(call.signal.reason)
    goOn.open()
    await waitFor('the handler', visit.over)
  })

  row('A4 gives the same signal and reason before and after the abort', async () => {
    const visit = createVisit()
    const site = await start({ '/': visit.handler })
    const peer = await site.connect()
    const sent = peer.request()
    const call = await waitFor('the request', visit.arrived)
    const early = call.signal
    suddenLeave(host).go(peer, sent)
    const reason = await waitFor('the abort', aborted(early))
    expect(call.signal).toBe(early)
    expect(call.exchange.signal).toBe(early)
    expect(call.signal.reason).toBe(reason)
  })
}
