import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { suddenLeave } from '../leaves.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit } from '../visit.ts'

/** A6: what a FIN means on HTTP/1. A half-closed HTTP/2 stream is a request like any other. */
export function halfClose(host: Host): void {
  const { start, row } = createStage(host)

  row('A6 aborts when the client shuts its writing side, by default', async () => {
    const visit = createVisit()
    const site = await start({ '/': visit.handler })
    const client = await site.connectHttp1()
    client.request()
    const { signal, exchange } = await waitFor('the request', visit.arrived)
    client.halfClose()
    const reason = await waitFor('the abort', aborted(signal))
    expect(reason).toMatchObject({ code: 'ERR_CLIENT_GONE' })
    expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({ by: 'client' })
  })

  row("A6 answers a client that shuts its writing side, under 'respond'", async () => {
    const goOn = createLatch()
    const visit = createVisit(async (call) => {
      await goOn.opened
      call.send(200, 'all the same')
    })
    const site = await start({ '/': visit.handler }, { options: { halfClose: 'respond' } })
    const client = await site.connectHttp1()
    const sent = client.request()
    const call = await waitFor('the request', visit.arrived)
    const { signal } = call
    const ended = new Promise((resolve) => call.req.socket.once('end', resolve))
    client.halfClose()
    await waitFor('the FIN', ended)
    await turns()
    expect(signal.aborted).toBe(false)

    goOn.open()
    expect(await waitFor('the reply', sent.reply)).toMatchObject({
      status: 200,
      text: 'all the same',
      ending: 'complete',
    })
    expect(await waitFor('the outcome', call.exchange.outcome)).toMatchObject({ kind: 'flushed' })
    expect(signal.aborted).toBe(false)
    expect(await waitFor('the close', client.closed)).toBe('fin')
  })

  row(
    "A6 tells a handler's own close from its client's, behind a half-close under 'respond'",
    async () => {
      const goOn = createLatch()
      const visit = createVisit(() => goOn.opened)
      const site = await start({ '/': visit.handler }, { options: { halfClose: 'respond' } })
      const client = await site.connectHttp1()
      client.request()
      const { signal, req, exchange } = await waitFor('the request', visit.arrived)
      const ended = new Promise((resolve) => req.socket.once('end', resolve))
      client.halfClose()
      await waitFor('the FIN', ended)
      req.socket.destroy()
      expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
        kind: 'aborted',
        by: 'server',
      })
      expect(signal.aborted).toBe(false)
      goOn.open()
    },
  )

  row("A6 aborts on a reset that follows a half-close, under 'respond'", async () => {
    const visit = createVisit()
    const site = await start({ '/': visit.handler }, { options: { halfClose: 'respond' } })
    const client = await site.connectHttp1()
    client.request()
    const { signal, req } = await waitFor('the request', visit.arrived)
    const ended = new Promise((resolve) => req.socket.once('end', resolve))
    client.halfClose()
    await waitFor('the FIN', ended)
    await turns()
    expect(signal.aborted).toBe(false)
    client.reset()
    const reason = await waitFor('the abort', aborted(signal))
    expect(reason).toMatchObject({ code: 'ERR_CLIENT_GONE' })
  })
}

/** A6: `clientAbort: 'ignore'`. */
export function ignoredAborts(host: Host): void {
  const { start, row } = createStage(host)

  for (const [where, option, own] of [
    ['by option', 'ignore', undefined],
    ['for one exchange', 'signal', 'ignore'],
  ] as const) {
    row(`A6 never aborts for the client where that is ignored ${where}`, async () => {
      const goOn = createLatch()
      const visit = createVisit(async (call) => {
        if (own !== undefined) call.exchange.clientAbort = own
        const { signal } = call
        await goOn.opened
        expect(signal.aborted).toBe(false)
        call.send(200, 'to nobody')
      })
      const site = await start({ '/': visit.handler }, { options: { clientAbort: option } })
      const peer = await site.connect()
      const sent = peer.request()
      const { signal, exchange } = await waitFor('the request', visit.arrived)
      suddenLeave(host).go(peer, sent)
      expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
        kind: 'aborted',
        by: 'client',
        status: 499,
      })
      goOn.open()
      await waitFor('the handler', visit.over)
      await turns()
      expect(signal.aborted).toBe(false)
    })
  }
}
