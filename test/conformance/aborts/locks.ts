import { expect } from 'vitest'
import type { Handler, Host } from '../../hosts/host.ts'
import { createLatch, type Latch } from '../../support/latch.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { suddenLeave } from '../leaves.ts'
import { createStage, type Site } from '../stage.ts'
import { untilAborted } from '../visit.ts'

const REQUESTS = 1_000
const AT_ONCE = 50

/** A3: what a handler holds while its client leaves is given back. */
export function locks(host: Host): void {
  const { start, row } = createStage(host)

  row(`A3 frees ${REQUESTS} of ${REQUESTS} locks whose clients reset`, async () => {
    const held = new Set<string>()
    const taken = new Map<string, Latch>()
    let freed = 0
    const allFreed = createLatch()

    const withLock: Handler = async (call) => {
      const name = String(call.req.url)
      held.add(name)
      taken.get(name)?.open()
      try {
        await untilAborted(call)
      } finally {
        held.delete(name)
        if (++freed === REQUESTS) allFreed.open()
      }
    }

    const site = await start({ '/': withLock })
    for (let first = 0; first < REQUESTS; first += AT_ONCE) {
      const names = Array.from({ length: AT_ONCE }, (_, index) => `/?lock=${first + index}`)
      for (const name of names) taken.set(name, createLatch())
      await Promise.all(names.map((name) => takeAndLeave(site, name, taken.get(name))))
    }
    await waitFor('all locks to be free', allFreed.opened)
    expect([...held]).toEqual([])
    await turns()
    expect(site.hang.exchanges()).toEqual([])
  })

  async function takeAndLeave(site: Site, path: string, taken?: Latch): Promise<void> {
    const peer = await site.connect()
    const sent = peer.request({ path })
    await waitFor('the lock to be taken', taken?.opened)
    suddenLeave(host).go(peer, sent)
    peer.reset()
  }
}
