import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { rstCodes, rstStream } from '../leaves.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit } from '../visit.ts'

const NO_ERROR = 0
const PROTOCOL_ERROR = 1

const bytes = { 'content-type': 'application/octet-stream' }

/** A5 on HTTP/2: streams that are reset, sessions that are lost, siblings that are not concerned. */
export function http2(host: Host): void {
  const { start, row } = createStage(host)
  const names = Object.keys(rstCodes) as (keyof typeof rstCodes)[]

  for (const name of names) {
    row(`A5 aborts on RST_STREAM ${name}, and leaves its sibling alone`, async () => {
      const goOn = createLatch()
      const left = createVisit()
      const sibling = createVisit(async (call) => {
        await goOn.opened
        call.send(200, 'still here')
      })
      const site = await start({ '/left': left.handler, '/sibling': sibling.handler })
      const client = await site.connectHttp2()
      const kept = client.request({ path: '/sibling' })
      const { signal, exchange } = await waitFor('the sibling', sibling.arrived)
      const sent = client.request({ path: '/left' })
      const call = await waitFor('the request', left.arrived)
      call.signal // Read before the abort.

      rstStream(name).go(client, sent)
      const reason = await waitFor('the abort', aborted(call.signal))
      expect(reason).toMatchObject({ code: 'ERR_CLIENT_GONE', phase: 'handler' })
      await turns()
      expect(signal.aborted).toBe(false)
      goOn.open()
      expect(await waitFor('the reply', kept.reply)).toMatchObject({
        text: 'still here',
        ending: 'complete',
      })
      expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({ kind: 'flushed' })
      expect(signal.aborted).toBe(false)
    })

    row(
      `A5 aborts on RST_STREAM ${name} while an ended response waits for its window`,
      async () => {
        const visit = createVisit((call) => call.send(200, Buffer.alloc(1 << 20)))
        const site = await start({ '/': visit.handler })
        const client = await site.connectFrames({ stingy: true })
        const id = client.open()
        const { signal, exchange } = await waitFor('the request', visit.arrived)
        await waitFor('the handler', visit.over)
        await waitFor('a PING', client.ping())
        expect(signal.aborted).toBe(false)

        client.rst(id, rstCodes[name])
        const reason = await waitFor('the abort', aborted(signal))
        expect(reason).toMatchObject({ code: 'ERR_CLIENT_GONE', phase: 'response' })
        expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
          kind: 'aborted',
          by: 'client',
          status: 200,
        })
      },
    )
  }

  for (const how of ['reset', 'fin', 'drop', 'GOAWAY with an error'] as const) {
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
      if (how === 'GOAWAY with an error') client.goaway(PROTOCOL_ERROR)
      else setImmediate(client[how])
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
