import supertest from 'supertest'
import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { waitFor } from '../../support/wait-for.ts'
import { suddenLeave } from '../leaves.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit } from '../visit.ts'

const text = { 'content-type': 'text/plain' }

/** Ways to use the adapter that are unusual or wrong: each works, or says clearly why not. */
export function misuse(host: Host): void {
  const { start, row } = createStage(host)

  for (const mounted of ['twice', 'after-body-parser'] as const) {
    row(`A1 aborts once where the adapter is mounted ${mounted}`, async () => {
      let count = 0
      const visit = createVisit(async (call) => {
        call.signal.addEventListener('abort', () => count++)
        await aborted(call.signal)
      })
      const site = await start({ '/': visit.handler }, { mounted })
      const peer = await site.connect()
      const sent = peer.request({ body: 'x', headers: text })
      const { signal, exchange } = await waitFor('the request', visit.arrived)
      expect(signal).toBe(exchange.signal)
      suddenLeave(host).go(peer, sent)
      expect(await waitFor('the abort', aborted(signal))).toMatchObject({ code: 'ERR_CLIENT_GONE' })
      expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({ by: 'client' })
      await waitFor('the handler', visit.over)
      expect(count).toBe(1)
    })

    row(`A2 does not abort where the adapter is mounted ${mounted}`, async () => {
      const visit = createVisit(async (call) => call.send(200, await call.body()))
      const site = await start({ '/': visit.handler }, { mounted })
      const peer = await site.connect()
      const sent = peer.request({ body: 'the body', headers: text })
      const { signal, exchange } = await waitFor('the request', visit.arrived)
      expect(await waitFor('the reply', sent.reply)).toMatchObject({ text: 'the body' })
      expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({ kind: 'flushed' })
      expect(signal.aborted).toBe(false)
    })
  }

  row('A2 gives a response that is finished already a signal that never aborts', async () => {
    const visit = createVisit((call) => void call.signal)
    const site = await start({ '/': visit.handler }, { mounted: 'after-answer' })
    const peer = await site.connect()
    const sent = peer.request()
    const { signal, exchange } = await waitFor('the request', visit.arrived)
    expect(await waitFor('the reply', sent.reply)).toMatchObject({ text: 'answered before' })
    await waitFor('the outcome', exchange.outcome)
    peer.reset()
    await waitFor('the host to close', site.close())
    expect(signal.aborted).toBe(false)
  })

  row('A1 aborts on a server that is never attached', async () => {
    const visit = createVisit()
    const site = await start({ '/': visit.handler }, { attach: false })
    const peer = await site.connect()
    const sent = peer.request()
    const { signal } = await waitFor('the request', visit.arrived)
    suddenLeave(host).go(peer, sent)
    expect(await waitFor('the abort', aborted(signal))).toMatchObject({ code: 'ERR_CLIENT_GONE' })
    await waitFor('the handler', visit.over)
  })

  row('A2 works under supertest', async () => {
    const get = createVisit((call) => call.send(200, 'got'))
    const post = createVisit(async (call) => call.send(201, await call.body()))
    const site = await start({ '/get': get.handler, '/post': post.handler }, { attach: false })
    const client = supertest(site.url, { http2: host.speaks === 'h2' })
    await client.get('/get').trustLocalhost().expect(200, 'got')
    await client.post('/post').trustLocalhost().type('text').send('posted').expect(201)
    for (const visit of [get, post]) {
      const { signal, exchange } = await visit.arrived
      expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({ kind: 'flushed' })
      expect(signal.aborted).toBe(false)
    }
  })

  row('A2 refuses to attach what is no server, and says so', async () => {
    const site = await start({})
    for (const wrong of [undefined, {}, () => {}]) {
      expect(() => Reflect.apply(site.hang.attach, site.hang, [wrong])).toThrow(/attach.*server/)
    }
  })
}

/** `app.inject()` has no client that could leave. */
export function injected(host: Host): void {
  const { start, row } = createStage(host)

  for (const method of ['GET', 'POST'] as const) {
    row(`A2 does not abort an injected ${method}, and settles its outcome`, async () => {
      const visit = createVisit(async (call) => call.send(200, `got ${await call.body()}`))
      const site = await start({ '/': visit.handler })
      if (site.inject === undefined) throw new Error('this host cannot inject')
      const payload = method === 'POST' ? { payload: 'text', headers: text } : {}
      const reply = await waitFor('the reply', site.inject({ method, url: '/', ...payload }))
      expect(reply).toMatchObject({
        statusCode: 200,
        body: method === 'POST' ? 'got text' : 'got ',
      })
      const { signal, exchange } = await visit.arrived
      expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
        kind: 'flushed',
        status: 200,
      })
      expect(signal.aborted).toBe(false)
    })
  }
}
