import { AsyncLocalStorage } from 'node:async_hooks'
import { currentExchange, currentSignal } from '@hangup/core'
import { expect } from 'vitest'
import type { Call, Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { suddenLeave } from '../leaves.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit } from '../visit.ts'

/** A8: abort listeners and the current exchange, by AsyncLocalStorage. */
export function context(host: Host): void {
  const { start, row } = createStage(host)

  row('A8 runs abort listeners in the context of their own request', async () => {
    const names = new AsyncLocalStorage<string>()
    const heard: Record<string, string | undefined> = {}
    const inContext = (name: string) =>
      createVisit((call) =>
        names.run(name, async () => {
          call.signal.addEventListener('abort', () => {
            heard[name] = names.getStore()
          })
          await aborted(call.signal)
        }),
      )
    const first = inContext('first')
    const second = inContext('second')
    const site = await start({ '/first': first.handler, '/second': second.handler })
    const peer = await site.connect()
    peer.request({ path: '/first' })
    peer.request({ path: '/second' })
    await waitFor('two requests', Promise.all([first.arrived, second.arrived]))
    names.run('the client', () => peer.reset())
    await waitFor('two handlers', Promise.all([first.over, second.over]))
    expect(heard).toEqual({ first: 'first', second: 'second' })
  })

  row("A8 runs a shield's abort listeners in the context of their own request", async () => {
    const names = new AsyncLocalStorage<string>()
    const heardBy = createLatch<unknown>()
    const visit = createVisit((call) =>
      names.run('the request', () =>
        call.exchange.shield(async (signal) => {
          signal.addEventListener('abort', () => heardBy.open(names.getStore()))
          await heardBy.opened
        }),
      ),
    )
    const drain = { graceMs: 50, abortMs: 50 }
    const site = await start({ '/': visit.handler }, { options: { drain } })
    const peer = await site.connect()
    peer.request()
    await waitFor('the request', visit.arrived)
    const drained = names.run('the drain', () => site.hang.drain())
    expect(await waitFor('the abort', heardBy.opened)).toBe('the request')
    await waitFor('the handler', visit.over)
    await waitFor('the drain', drained)
  })

  row('A8 knows the current exchange and signal, with `context`', async () => {
    const visit = createVisit(async (call) => {
      await turns(2)
      const seen = { exchange: currentExchange(), signal: currentSignal() }
      await call.body()
      call.send(200)
      return seen.exchange === call.exchange && seen.signal === call.signal
        ? undefined
        : Promise.reject(new Error('not the current exchange'))
    })
    const site = await start({ '/': visit.handler }, { options: { context: true } })
    const peer = await site.connect()
    const sent = peer.request({ body: 'x', headers: { 'content-type': 'text/plain' } })
    expect(await waitFor('the reply', sent.reply)).toMatchObject({ status: 200 })
    expect(currentExchange()).toBeUndefined()
    expect(currentSignal()).toBeUndefined()
  })

  row('A8 shows abort listeners the current exchange, with `context`', async () => {
    let seen: unknown
    const visit = createVisit(async (call: Call) => {
      call.signal.addEventListener('abort', () => {
        seen = currentExchange()
      })
      await aborted(call.signal)
    })
    const site = await start({ '/': visit.handler }, { options: { context: true } })
    const peer = await site.connect()
    const sent = peer.request()
    const { exchange } = await waitFor('the request', visit.arrived)
    suddenLeave(host).go(peer, sent)
    await waitFor('the handler', visit.over)
    expect(seen).toBe(exchange)
  })

  for (const how of ['is answered', 'loses its client', 'is lost in a drain'] as const) {
    row(`A8 settles an exchange that ${how} in its own context, with \`context\``, async () => {
      const goOn = createLatch()
      const settled = createLatch<unknown[]>()
      const visit = createVisit(async (call) => {
        await goOn.opened
        call.send(200)
      })
      const options = {
        context: true,
        drain: { graceMs: 50, abortMs: 50 },
        onSettled: (exchange: unknown) => settled.open([exchange, currentExchange()]),
      }
      const site = await start({ '/': visit.handler }, { options })
      const peer = await site.connect()
      const sent = peer.request()
      const { exchange } = await waitFor('the request', visit.arrived)
      if (how === 'is answered') goOn.open()
      if (how === 'loses its client') suddenLeave(host).go(peer, sent)
      if (how === 'is lost in a drain') void site.hang.drain()
      expect(await waitFor('the outcome', settled.opened)).toEqual([exchange, exchange])
      goOn.open()
      await waitFor('the handler', visit.over)
    })
  }

  row('A8 knows no current exchange without `context`', async () => {
    let seen: unknown = 'not asked'
    const site = await start({
      '/': (call) => {
        seen = currentExchange()
        call.send(200)
      },
    })
    const peer = await site.connect()
    expect(await waitFor('the reply', peer.request().reply)).toMatchObject({ status: 200 })
    expect(seen).toBeUndefined()
  })
}
