import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit } from '../visit.ts'

/** A10: signals that Node and Fastify bring themselves. */
export function nativeSignals(host: Host): void {
  const { start, row } = createStage(host)

  row('A10 leaves no other signal on the request, once its body is read', async () => {
    const visit = createVisit(async (call) => {
      await call.body()
      await turns(20)
      const native: unknown = Reflect.get(call.req, 'signal')
      call.send(200, native === undefined || native === call.signal ? 'ours' : 'another')
    })
    const site = await start({ '/': visit.handler })
    const peer = await site.connect()
    const sent = peer.request({ body: 'x', headers: { 'content-type': 'text/plain' } })
    expect(await waitFor('the reply', sent.reply)).toMatchObject({ status: 200, text: 'ours' })
  })

  if (host.framework !== 'fastify') return

  for (const body of [undefined, 'a body']) {
    const method = body === undefined ? 'GET' : 'POST'

    row(`A10 brings Fastify's handlerTimeout to the signal of a ${method}`, async () => {
      const visit = createVisit(async ({ signal }) => {
        await aborted(signal)
      })
      const site = await start({ '/': visit.handler }, { handlerTimeoutMs: 50 })
      const peer = await site.connect()
      const sent = peer.request({
        ...(body === undefined ? {} : { body, headers: { 'content-type': 'text/plain' } }),
      })
      const { signal } = await waitFor('the request', visit.arrived)
      expect(await waitFor('the abort', aborted(signal))).toMatchObject({
        code: 'FST_ERR_HANDLER_TIMEOUT',
      })
      expect(await waitFor('the reply', sent.reply)).toMatchObject({ status: 503 })
      await waitFor('the handler', visit.over)
      site.errors.take() // Fastify logs its time-outs.
    })

    row(`A10 does not abort a ${method} that keeps to Fastify's handlerTimeout`, async () => {
      const visit = createVisit(async (call) => {
        const { signal } = call
        await turns(20)
        call.send(200, `aborted: ${signal.aborted}`)
      })
      const site = await start({ '/': visit.handler }, { handlerTimeoutMs: 5_000 })
      const peer = await site.connect()
      const sent = peer.request({
        ...(body === undefined ? {} : { body, headers: { 'content-type': 'text/plain' } }),
      })
      const reply = await waitFor('the reply', sent.reply)
      expect(reply).toMatchObject({ status: 200, text: 'aborted: false' })
    })
  }
}
