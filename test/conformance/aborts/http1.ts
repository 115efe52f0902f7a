import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit } from '../visit.ts'

const GET = (path: string, version = '1.1') => `GET ${path} HTTP/${version}\r\nhost: localhost\r\n`

/** A5 on HTTP/1: keep-alive, pipelining, HTTP/1.0, Expect. */
export function http1(host: Host): void {
  const { start, row } = createStage(host)

  row('A5 aborts the second request of a keep-alive connection, not the first', async () => {
    const first = createVisit((call) => call.send(200, 'one'))
    const second = createVisit()
    const site = await start({ '/first': first.handler, '/second': second.handler })
    const client = await site.connectHttp1()
    const one = client.request({ path: '/first' })
    const before = await waitFor('the first request', first.arrived)
    const { signal } = before
    await waitFor('the first reply', one.reply)
    client.request({ path: '/second' })
    const after = await waitFor('the second request', second.arrived)
    client.reset()
    expect(await waitFor('the abort', aborted(after.signal))).toMatchObject({ phase: 'handler' })
    expect(signal.aborted).toBe(false)
  })

  for (const leave of ['reset', 'fin'] as const) {
    row(
      `A5 aborts each of three pipelined requests once when the client leaves by ${leave}`,
      async () => {
        const counts = { '/a': 0, '/b': 0, '/c': 0 }
        const visits = Object.keys(counts).map((path) => {
          const visit = createVisit(async (call) => {
            call.signal.addEventListener('abort', () => counts[path as keyof typeof counts]++)
            await aborted(call.signal)
          })
          return { path, visit }
        })
        const site = await start(
          Object.fromEntries(visits.map(({ path, visit }) => [path, visit.handler])),
        )
        const client = await site.connectHttp1()
        client.send(visits.map(({ path }) => `${GET(path)}\r\n`).join(''))
        const calls = await waitFor(
          'three requests',
          Promise.all(visits.map(({ visit }) => visit.arrived)),
        )
        client[leave]()
        const outcomes = Promise.all(calls.map(({ exchange }) => exchange.outcome))
        for (const outcome of await waitFor('three outcomes', outcomes)) {
          expect(outcome).toMatchObject({ kind: 'aborted', by: 'client', status: 499 })
        }
        await waitFor('three handlers', Promise.all(visits.map(({ visit }) => visit.over)))
        expect(counts).toEqual({ '/a': 1, '/b': 1, '/c': 1 })
      },
    )
  }

  row('A5 aborts none of three pipelined requests that are answered', async () => {
    const visits = ['/a', '/b', '/c'].map((path) => ({
      path,
      visit: createVisit(async (call) => {
        await turns()
        call.send(200, path)
      }),
    }))
    const site = await start(
      Object.fromEntries(visits.map(({ path, visit }) => [path, visit.handler])),
    )
    const client = await site.connectHttp1()
    client.send(visits.map(({ path }) => `${GET(path)}\r\n`).join(''))
    const sent = visits.map(() => client.expectReply())
    const calls = await waitFor(
      'three requests',
      Promise.all(visits.map(({ visit }) => visit.arrived)),
    )
    const signals = calls.map(({ signal }) => signal)
    const replies = await waitFor('three replies', Promise.all(sent.map(({ reply }) => reply)))
    expect(replies.map(({ text }) => text)).toEqual(['/a', '/b', '/c'])
    const outcomes = Promise.all(calls.map(({ exchange }) => exchange.outcome))
    for (const outcome of await waitFor('three outcomes', outcomes)) {
      expect(outcome).toMatchObject({ kind: 'flushed', status: 200, bytes: 2 })
    }
    expect(signals.map((signal) => signal.aborted)).toEqual([false, false, false])
  })

  row('A5 aborts an HTTP/1.0 request', async () => {
    const visit = createVisit()
    const site = await start({ '/': visit.handler })
    const client = await site.connectHttp1()
    client.send(`${GET('/', '1.0')}\r\n`)
    const { signal } = await waitFor('the request', visit.arrived)
    client.reset()
    expect(await waitFor('the abort', aborted(signal))).toMatchObject({ code: 'ERR_CLIENT_GONE' })
  })

  row('A5 does not abort an HTTP/1.0 request whose response ends by FIN', async () => {
    const visit = createVisit((call) => call.send(200, 'old'))
    const site = await start({ '/': visit.handler })
    const client = await site.connectHttp1()
    client.send(`${GET('/', '1.0')}\r\n`)
    const sent = client.expectReply()
    const { signal, exchange } = await waitFor('the request', visit.arrived)
    expect((await waitFor('the reply', sent.reply)).text).toBe('old')
    expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({ kind: 'flushed' })
    await waitFor('the close', client.closed)
    expect(signal.aborted).toBe(false)
  })

  for (const leaves of [true, false]) {
    const then = leaves ? 'aborts when the client then leaves' : 'does not abort a whole upload'
    row(`A5 answers Expect: 100-continue, and ${then}`, async () => {
      const visit = createVisit(async (call) => {
        const { signal } = call
        const body = await call.body()
        expect(signal.aborted).toBe(false)
        call.send(200, body)
      })
      const site = await start({ '/': visit.handler })
      const client = await site.connectHttp1()
      client.send(
        'POST / HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n' +
          'content-type: application/octet-stream\r\ncontent-length: 4\r\n\r\n',
      )
      const sent = client.expectReply('POST')
      const { signal, exchange } = await waitFor('the request', visit.arrived)
      if (leaves) {
        client.reset()
        const reason = await waitFor('the abort', aborted(signal))
        expect(reason).toMatchObject({ code: 'ERR_CLIENT_GONE', phase: 'upload' })
      } else {
        client.send('body')
        const reply = await waitFor('the reply', sent.reply)
        expect(reply).toMatchObject({ status: 200, text: 'body', informational: [100] })
        expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({ kind: 'flushed' })
        expect(signal.aborted).toBe(false)
      }
      await waitFor('the handler', visit.over)
    })
  }
}
