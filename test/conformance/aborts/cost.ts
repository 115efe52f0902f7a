import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'vitest'
import type { Handler, Host } from '../../hosts/host.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import type { Peer } from '../peer.ts'
import { createStage } from '../stage.ts'

/** `HANGUP_REQUESTS=100000` for the long run: then the heap is weighed too. */
const REQUESTS = Number(process.env.HANGUP_REQUESTS ?? 1_000)
const ROUND = 1_000
const WEIGHED = 50_000

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

function countControllers() {
  const Original = globalThis.AbortController
  let built = 0
  globalThis.AbortController = class extends Original {
    constructor() {
      super()
      built++
    }
  }
  return {
    built: () => built,
    stop() {
      globalThis.AbortController = Original
    },
  }
}

function heap(): number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
  return process.memoryUsage().heapUsed
}
