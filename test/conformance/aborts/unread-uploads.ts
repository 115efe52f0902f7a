import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { pause } from '../../support/pause.ts'
import { waitFor } from '../../support/wait-for.ts'
import { leavesOf } from '../leaves.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit, startResponse } from '../visit.ts'

const headers = { 'content-type': 'application/octet-stream' }

/** A7 promises a second; a busy machine gets two. */
const BOUND_MS = 2_000

/** A7: an upload that the handler has not read hides a vanished client from Node. */
export function unreadUploads(host: Host): void {
  const { start, row } = createStage(host)

  for (const leave of leavesOf(host)) {
    row(`A7 finds that the client left by ${leave.name}, behind 50 kB unread`, async () => {
      const visit = createVisit()
      const site = await start({ '/': visit.handler })
      const peer = await site.connect()
      const sent = peer.request({ body: Buffer.alloc(50_000), headers })
      const { signal } = await waitFor('the request', visit.arrived)
      leave.go(peer, sent)
      const reason = await waitFor('the abort', aborted(signal), BOUND_MS)
      expect(reason).toMatchObject({ code: 'ERR_CLIENT_GONE' })
    })

    row(
      `A7 finds that the client left by ${leave.name}, where the handler has given its body up`,
      async () => {
        const gaveUp = createLatch()
        const visit = createVisit(async (call) => {
          const { signal } = call
          for await (const _ of call.req) break
          gaveUp.open()
          await aborted(signal)
        })
        const site = await start({ '/': visit.handler })
        const peer = await site.connect()
        const sent = peer.request({ body: Buffer.alloc(50_000), headers, open: true })
        const { signal } = await waitFor('the request', visit.arrived)
        await waitFor('the end of the loop', gaveUp.opened)
        await pause(300) // It is looked after every 250 ms.
        expect(signal.aborted).toBe(false)
        leave.go(peer, sent)
        const reason = await waitFor('the abort', aborted(signal), BOUND_MS)
        expect(reason).toMatchObject({ code: 'ERR_CLIENT_GONE' })
        await waitFor('the handler', visit.over)
      },
    )

    row(
      `A7 finds that the client left by ${leave.name}, behind 8 MB unread, at a write`,
      async () => {
        const left = createLatch()
        const visit = createVisit(async (call) => {
          const { signal } = call
          await left.opened
          startResponse(call)
          const writing = setInterval(() => call.res.write('more'), 50)
          await aborted(signal).finally(() => clearInterval(writing))
        })
        const site = await start({ '/': visit.handler })
        const peer = await site.connect()
        const sent = peer.request({ body: Buffer.alloc(8 << 20), headers })
        const { signal } = await waitFor('the request', visit.arrived)
        leave.go(peer, sent)
        left.open()
        const reason = await waitFor('the abort', aborted(signal), BOUND_MS)
        expect(reason).toMatchObject({ code: 'ERR_CLIENT_GONE' })
        await waitFor('the handler', visit.over)
      },
    )
  }
}
