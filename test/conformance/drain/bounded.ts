import { expect } from 'vitest'
import { startClock } from '../../support/own-time.ts'
import { waitFor } from '../../support/wait-for.ts'
import type { Site } from '../stage.ts'

/** For rows that wait until all its deadlines have passed. */
export const DRAIN = { graceMs: 200, abortMs: 100, closeMs: 500, idleGraceMs: 100 }

/** All requests are over at most 1 s after the sockets are gone. */
const BOUND_MS = DRAIN.graceMs + DRAIN.abortMs + 1_000
/** What timers and the rows' own clients add. */
const SLACK_MS = 500

/** Drains a site that was started with `DRAIN`: it is closed in time, and has let go of every client. */
export async function expectBounded(site: Site, boundMs = BOUND_MS): Promise<void> {
  const elapsed = startClock()
  await waitFor('the drain', site.hang.drain(), 10_000)
  expect(elapsed()).toBeLessThan(boundMs + SLACK_MS)
  expect(site.hang.state).toBe('closed')
}
