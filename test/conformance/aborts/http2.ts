import { expect } from 'vitest'
import type { Call, Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { waitFor } from '../../support/wait-for.ts'
import { HTTP2_CODES, http2CodeName } from '../http2-codes.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit } from '../visit.ts'

const NO_ERROR = 0
const ERRORS = HTTP2_CODES.filter((code) => code !== NO_ERROR)

const bytes = { 'content-type': 'application/octet-stream' }

/** A5 on HTTP/2: sessions that are lost, and those that end in order. */
export function http2(host: Host): void {
  const { start, row } = createStage(host)

  for (const how of ['reset', 'fin', 'drop'] as const) {
    row(`A5 aborts all streams of a session that is lost by ${how}`, async () => {
      const visits = ['/a', '/b', '/c'].map((path) => ({ path, visit: createVisit() }))
      const site = await start(
        Object.fromEntries(visits.map(({ path, visit }) => [path, visit.handler])),
      )
      const client = await site.connectHttp2()
      for (const { path } of visits) client.request({ path })
      const calls = await waitFor(
        'three requests',
        Promise.all(visits.map(({ visit }) => visit.arrived)),
      )
      const reasons = Promise.all(calls.map(({ signal }) => aborted(signal)))
      setImmediate(client[how])
      for (const reason of await waitFor('three aborts', reasons)) {
        expect(reason).toMatchObject({ code: 'ERR_CLIENT_GONE' })
      }
    })
  }

  row("A5 aborts when the session is lost within the server's own turn", async () => {
    const visit = createVisit()
    const site = await start({ '/': visit.handler })
    const client = await site.connectHttp2()
    client.request({ body: Buffer.alloc(1 << 20), headers: bytes })
    const { signal } = await waitFor('the request', visit.arrived)
    client.reset()
    const reason = await waitFor('the abort', aborted(signal))
    expect(reason).toMatchObject({ code: 'ERR_CLIENT_GONE' })
  })

  row('A5 aborts all streams when the client says GOAWAY with an error, whichever', async () => {
    const ended = (call: Call) => call.send(200, Buffer.alloc(100_000))
    const sessions = ERRORS.map((code) => ({
      code,
      visits: [createVisit(), createVisit(ended)] as const,
    }))
    const routes = sessions.flatMap(({ code, visits }) =>
      visits.map(({ handler }, index) => [`/${code}/${index}`, handler] as const),
    )
    const site = await start(Object.fromEntries(routes))
    for (const { code, visits } of sessions) {
      const client = await site.connectFrames({ stingy: true })
      for (const index of visits.keys()) client.open({ path: `/${code}/${index}` })
      const calls = await waitFor('two requests', Promise.all(visits.map(({ arrived }) => arrived)))
      const reasons = Promise.all(calls.map(({ signal }) => aborted(signal)))
      await waitFor('the second handler', visits[1].over)
      client.goaway(0, code)
      const cause = { code: http2CodeName(code), rstCode: code }
      for (const reason of await waitFor(`two aborts by ${code}`, reasons)) {
        expect(reason).toMatchObject({ code: 'ERR_CLIENT_GONE', cause })
      }
      for (const { exchange } of calls) {
        expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
          kind: 'aborted',
          by: 'client',
          error: cause,
        })
      }
    }
  })

  row('A5 does not abort when the client says GOAWAY without an error', async () => {
    const goOn = createLatch()
    const visit = createVisit(async (call) => {
      await goOn.opened
      call.send(200, 'the last one')
    })
    const site = await start({ '/': visit.handler })
    const client = await site.connectFrames()
    const id = client.open()
    const { signal, exchange } = await waitFor('the request', visit.arrived)
    client.goaway(0, NO_ERROR)
    await waitFor('a PING', client.ping())
    expect(signal.aborted).toBe(false)
    goOn.open()
    expect(await waitFor('the response', client.settled(id))).toMatchObject({
      status: 200,
      ended: true,
    })
    expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({ kind: 'flushed' })
    expect(signal.aborted).toBe(false)
  })
}
