import { expect, it } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { waitFor } from '../../support/wait-for.ts'
import { writeCalls } from '../../support/write-calls.ts'
import { createStage, type Site } from '../stage.ts'
import { patient, rows, spacedPages } from './pages.ts'

/** Odd: the median of them is one of them, and what else the process writes now and then is not. */
const ROUNDS = 7

/** B1, as the kernel sees it. */
export function systemCalls(host: Host): void {
  const { start, row } = createStage(host)

  for (const [what, handler] of Object.entries(spacedPages)) {
    const name = `B1 makes one write system call of 100 ${what}`
    if (writeCalls() === undefined) {
      it.skip(`${name} (only Linux counts them for whoever asks)`)
      continue
    }
    row(name, async () => {
      const held = await start({ '/': handler }, { options: patient })
      const calls = await callsFor(held)
      // The client's request, and the response. On HTTP/2 both sides have more to say than that.
      if (host.speaks === 'http/1.1') expect(calls).toBe(2)
      else expect(calls).toBeLessThan(10)
      const unheld = await start({ '/': handler }, { options: { buffer: false } })
      expect(await callsFor(unheld)).toBeGreaterThan(100)
    })
  }
}

/** For one page: the server's, and its client's in the same thread. */
async function callsFor(site: Site): Promise<number | undefined> {
  const peer = await site.connect()
  const calls: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const before = writeCalls() ?? 0
    const { text } = await waitFor('the page', peer.request().reply)
    calls.push((writeCalls() ?? 0) - before)
    expect(text).toBe(rows(100))
  }
  return calls.toSorted((a, b) => a - b)[ROUNDS >> 1]
}
