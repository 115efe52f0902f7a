import { expect, it } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { waitFor } from '../../support/wait-for.ts'
import { countsWrites, countWriteCalls } from '../../support/write-calls.ts'
import { createStage, type Site } from '../stage.ts'
import { patient, rows, spacedPages } from './pages.ts'

/** Odd: the median of them is one of them. */
const ROUNDS = 7

/** B1, as the kernel sees it. */
export function systemCalls(host: Host): void {
  const { start, row } = createStage(host)
  const { fewest, most } = heldCalls(host)

  for (const [what, handler] of Object.entries(spacedPages)) {
    const name = `B1 makes one write system call of 100 ${what}`
    if (!countsWrites) {
      it.skip(`${name} (only Linux counts them for whoever asks)`)
      continue
    }
    row(name, async () => {
      const held = await callsFor(() => start({ '/': handler }, { options: patient }))
      expect(Math.min(...held)).toBeGreaterThanOrEqual(fewest)
      expect(Math.max(...held)).toBeLessThanOrEqual(most)
      const unheld = await callsFor(() => start({ '/': handler }, { options: { buffer: false } }))
      expect(unheld.toSorted((a, b) => a - b)[ROUNDS >> 1]).toBeGreaterThan(100)
    })
  }
}

/**
 * HTTP/1: the client's request, and the response. HTTP/2: the request; HEADERS with DATA; two WINDOW_UPDATEs of the
 * client's; and END_STREAM, for which Node takes a write of its own. Over TLS the session is probed besides, by an
 * empty write every 250 ms.
 */
function heldCalls({ speaks, tls }: Host): { fewest: number; most: number } {
  if (speaks === 'http/1.1') return { fewest: 2, most: 2 }
  return { fewest: 5, most: tls ? 9 : 5 }
}

/** For one page each: the server's, and its client's in the same thread. */
async function callsFor(start: () => Promise<Site>): Promise<number[]> {
  const writes = countWriteCalls()
  try {
    const site = await start()
    const peer = await site.connect()
    const page = async () => {
      const { text } = await waitFor('the page', peer.request().reply)
      expect(text).toBe(rows(100))
    }
    await page() // A connection begins with more than pages: SETTINGS, session tickets.
    const counted: number[] = []
    while (counted.length < ROUNDS) counted.push(await writes.of(page))
    return counted
  } finally {
    writes.stop()
  }
}
