import { expect } from 'vitest'
import type { Handler, Host } from '../../hosts/host.ts'
import { heap } from '../../support/heap.ts'
import { noneInFlight } from '../../support/none-in-flight.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import type { Peer } from '../peer.ts'
import { createStage } from '../stage.ts'
import { aborted } from '../visit.ts'

/** `HANGUP_REQUESTS=100000` for the long run: then the heap is weighed too. */
const REQUESTS = Number(process.env.HANGUP_REQUESTS ?? 1_000)
const ROUND = 1_000
const WEIGHED = 50_000
/** Node ends a session that has reset 1,000 streams. */
const RESETS = 500
const CANCEL = 8

/** A9: nothing is built before it is asked for; nothing is left after. */
export function cost(host: Host): void {
  const { start, row } = createStage(host)

  row(
    `A9 leaves no listener after ${REQUESTS} requests that touch the signal`,
    async () => {
      let emitters: NodeJS.EventEmitter[] = []
      const touch: Handler = (call) => {
        emitters = [call.req, call.res, call.req.socket]
        call.signal.throwIfAborted()
        call.send(200)
      }
      const site = await start({ '/': touch })
      const listeners = () => [site.server, ...emitters].map(countListeners)
      const round = async () => {
        const peer = await site.connect()
        await requests(peer, 10)
        const before = listeners()
        await requests(peer, ROUND - 10)
        expect(listeners()).toEqual(before)
        peer.fin()
        await waitFor('the connection to be over', peer.closed)
      }

      await round()
      const before = heap()
      for (let sent = 0; sent < REQUESTS; sent += ROUND) await round()
      if (REQUESTS >= WEIGHED) expect((heap() - before) / REQUESTS).toBeLessThan(50)
      expect(site.hang.exchanges()).toEqual([])
    },
    600_000,
  )

  row('A9 builds no AbortController before the signal is read', async () => {
    let touches = false
    const site = await start({
      '/': (call) => {
        if (touches) call.signal.throwIfAborted()
        call.send(200)
      },
    })
    const peer = await site.connect()
    await requests(peer, 1)
    const counting = countControllers()
    try {
      await requests(peer, 20)
      expect(counting.built()).toBe(0)
      touches = true
      await requests(peer, 20)
      expect(counting.built()).toBe(20)
    } finally {
      counting.stop()
    }
  })

  if (host.speaks === 'http/1.1') return

  row(
    `A9 raises the signals that were read, once, when ${REQUESTS} streams are opened and reset at once`,
    async () => {
      let read = 0
      let raised = 0
      let unread = 0
      const site = await start({
        '/read': async ({ signal }) => {
          read++
          signal.addEventListener('abort', () => raised++)
          if (signal.aborted) raised++
          else await aborted(signal)
        },
        '/unread': async ({ exchange }) => {
          await exchange.outcome
          unread++
        },
      })
      const round = async () => {
        const client = await site.connectFrames()
        for (let sent = 0; sent < RESETS; sent++) {
          client.rst(client.open({ path: sent % 2 === 0 ? '/read' : '/unread' }), CANCEL)
        }
        await waitFor('a PING', client.ping())
        await waitFor('the handlers to settle', noneInFlight(site.hang))
        client.fin()
        await waitFor('the connection to be over', client.closed)
      }

      await round()
      const before = heap()
      const counting = countControllers()
      const readBefore = read
      try {
        for (let sent = 0; sent < REQUESTS; sent += RESETS) await round()
        expect(counting.built()).toBe(read - readBefore)
      } finally {
        counting.stop()
      }
      expect({ read, raised, unread }).toEqual({ read, raised: read, unread: read })
      if (REQUESTS >= WEIGHED) expect((heap() - before) / REQUESTS).toBeLessThan(50)
    },
    600_000,
  )
}

/** One after the other, and until nothing of them is under way. */
async function requests(peer: Peer, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent++) {
    const { status } = await waitFor('a reply', peer.request().reply)
    if (status !== 200) throw new Error(`status ${status}`)
  }
  await turns()
}

function countListeners(emitter: NodeJS.EventEmitter): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0)
}

/** And signals that are made aborted. */
function countControllers() {
  const Original = globalThis.AbortController
  const { abort } = AbortSignal
  let built = 0
  globalThis.AbortController = class extends Original {
    constructor() {
      super()
      built++
    }
  }
  AbortSignal.abort = (reason) => {
    built++
    return abort.call(AbortSignal, reason)
  }
  return {
    built: () => built,
    stop() {
      globalThis.AbortController = Original
      AbortSignal.abort = abort
    },
  }
}
