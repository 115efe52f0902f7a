import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { expect } from 'vitest'
import type { Call, Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit, startResponse, untilAborted } from '../visit.ts'
import { DRAIN, expectBounded } from './bounded.ts'
import { createPhases } from './phases.ts'

/** D8: bounded, whatever clients and handlers do. */
export function stubborn(host: Host): void {
  const { start, row } = createStage(host)

  const startWith = (handler: (call: Call) => unknown) =>
    start({ '/': handler }, { options: { drain: DRAIN } })

  row('D8 aborts what is left at the soft deadline, with ERR_DRAIN_DEADLINE', async () => {
    const phases = createPhases()
    const visit = createVisit()
    const site = await start(
      { '/': visit.handler },
      { options: { drain: { ...DRAIN, abortMs: 10_000 }, onPhase: phases.onPhase } },
    )
    const peer = await site.connect()
    const { reply } = peer.request()
    const { signal, exchange } = await waitFor('the request', visit.arrived)
    const began = performance.now()
    const drained = site.hang.drain()
    const reason = await waitFor('the abort', aborted(signal))
    expect(performance.now() - began).toBeGreaterThanOrEqual(DRAIN.graceMs - 10)
    expect(reason).toMatchObject({
      name: 'AbortError',
      code: 'ERR_DRAIN_DEADLINE',
      phase: 'handler',
      status: 503,
      expose: false,
    })
    const { status, headers } = await waitFor('the reply', reply)
    expect(status).toBe(503)
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
      kind: 'aborted',
      by: 'drain',
      status: 503,
    })
    const report = await waitFor('the drain', drained)
    expect(report.requests).toMatchObject({ aborted: 1, lost: [] })
    expect(phases.entered).not.toContain('destroy')
  })

  row('D8 lets a handler answer after the soft deadline', async () => {
    const visit = createVisit(async (call) => {
      await aborted(call.signal)
      call.send(200, 'what I have so far')
    })
    const site = await startWith(visit.handler)
    const peer = await site.connect()
    const { reply } = peer.request()
    await waitFor('the request', visit.arrived)
    await expectBounded(site, DRAIN.graceMs + DRAIN.abortMs)
    expect(await waitFor('the reply', reply)).toMatchObject({
      status: 200,
      text: 'what I have so far',
      ending: 'complete',
    })
  })

  row('D8 is bounded by a handler that is stuck', async () => {
    const goOn = createLatch()
    const visit = createVisit(() => goOn.opened)
    const site = await startWith(visit.handler)
    const peer = await site.connect()
    peer.request()
    const { signal } = await waitFor('the request', visit.arrived)
    await expectBounded(site)
    expect(signal.aborted).toBe(true)
    goOn.open()
    await waitFor('the handler', visit.over)
  })

  row('D8 is bounded by a client that sends nothing', async () => {
    const site = await startWith((call) => call.send(200))
    const accepted = new Promise((resolve) => site.server.once('connection', resolve))
    const socket = connect({ port: site.port, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => {})
    await waitFor('the connection', accepted)
    await expectBounded(site)
    socket.destroy()
  })

  if (host.tls) {
    row('D8 is bounded by a client that stops in its TLS handshake', async () => {
      const site = await startWith((call) => call.send(200))
      const accepted = new Promise((resolve) => site.server.once('connection', resolve))
      const socket = connect({ port: site.port, host: '127.0.0.1', allowHalfOpen: true })
      socket.on('error', () => {})
      socket.write(Buffer.of(22, 3, 1, 2, 0)) // The head of a record, as of a ClientHello.
      await waitFor('the connection', accepted)
      await expectBounded(site)
      socket.destroy()
    })
  }

  row('D8 is bounded by a client that sends its body slowly', async () => {
    const visit = createVisit(async (call) => call.send(200, await call.body()))
    const site = await startWith(visit.handler)
    const peer = await site.connect()
    const headers = { 'content-type': 'application/octet-stream' }
    const sent = peer.request({ headers, body: 'a', open: true })
    await waitFor('the request', visit.arrived)
    const dripping = setInterval(() => sent.write('a'), 20)
    await expectBounded(site)
    clearInterval(dripping)
    await waitFor('the handler', visit.over)
  })

  row('D8 is bounded by a client that never reads', async () => {
    const visit = createVisit((call) => call.send(200, Buffer.alloc(30_000_000)))
    const site = await startWith(visit.handler)
    const peer = await site.connect()
    const sent = peer.request()
    await waitFor('the head', sent.head)
    peer.pause()
    await expectBounded(site)
    peer.resume()
    expect((await waitFor('the reply', sent.reply)).ending).not.toBe('complete')
  })

  row('D8 is bounded by an event stream that heeds nothing', async () => {
    const visit = createVisit(async (call) => {
      const res = call.raw()
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      const ticking = setInterval(() => res.write('data: tick\n\n'), 10)
      await new Promise((resolve) => res.once('close', resolve))
      clearInterval(ticking)
    })
    const site = await startWith(visit.handler)
    const peer = await site.connect()
    const sent = peer.request()
    await waitFor('the head', sent.head)
    await expectBounded(site)
    expect((await waitFor('the reply', sent.reply)).ending).not.toBe('complete')
    await waitFor('the handler', visit.over)
  })

  row('D8 cuts a stream whose handler gives up at the soft deadline', async () => {
    const visit = createVisit(async (call) => {
      startResponse(call)
      return untilAborted(call)
    })
    const site = await startWith(visit.handler)
    const peer = await site.connect()
    const sent = peer.request()
    await waitFor('the head', sent.head)
    await expectBounded(site)
    expect((await waitFor('the reply', sent.reply)).ending).toBe('reset')
  })

  row('D8 closes the sources of the responses that it destroys', async () => {
    const source = new Readable({ read() {} })
    source.push('part')
    const closed = new Promise((resolve) => source.once('close', resolve))
    const visit = createVisit((call) => call.stream(source))
    const site = await startWith(visit.handler)
    const peer = await site.connect()
    peer.request()
    await waitFor('the request', visit.arrived)
    await expectBounded(site)
    await waitFor('the source to close', closed)
    site.errors.take()
  })

  if (host.speaks === 'h2') return

  row('D8 is bounded by a client that sends half a head', async () => {
    const site = await startWith((call) => call.send(200))
    const [fresh, kept] = [await site.connectHttp1(), await site.connectHttp1()]
    await waitFor('a reply', kept.request().reply)
    for (const client of [fresh, kept]) client.send('GET / HTTP/1.1\r\nHost: loc')
    await expectBounded(site)
  })

  row('D8 is bounded by a head that trickles', async () => {
    const site = await startWith((call) => call.send(200))
    const client = await site.connectHttp1()
    client.send('GET / HTTP/1.1\r\nX: ')
    const dripping = setInterval(() => client.send('x'), 20)
    await expectBounded(site)
    clearInterval(dripping)
  })

  row('D8 is bounded by an upgraded socket', async () => {
    const site = await startWith((call) => call.send(200))
    site.server.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')
    })
    const client = await site.connectHttp1()
    const sent = client.request({ headers: { connection: 'Upgrade', upgrade: 'x' } })
    expect(await waitFor('the upgrade', sent.head)).toMatchObject({ status: 101 })
    await expectBounded(site)
  })
}
