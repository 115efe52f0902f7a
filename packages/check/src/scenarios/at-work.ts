import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Rehearsal } from '../rehearsal.ts'

const MAX_MS = 200
const QUICK_MS = 20

/** Resolves when requests that have just been sent are being worked on, as far as that can be told from outside. */
export async function untilAtWork({ medianMs }: Rehearsal): Promise<void> {
  // A quick one would be through with them after any time that a timer can wait.
  if (medianMs < QUICK_MS) await setImmediate()
  else await setTimeout(Math.min(medianMs / 2, MAX_MS))
}
