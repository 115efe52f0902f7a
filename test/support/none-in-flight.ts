import type { Hangup } from '@hangup/core'
import { turns } from './turns.ts'

/** Until every exchange of this handle has ended, and its handler too. */
export async function noneInFlight(hang: Hangup): Promise<void> {
  while (hang.exchanges().length > 0) await turns()
}
