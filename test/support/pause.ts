import { setTimeout } from 'node:timers/promises'

/** For what is itself a matter of time: a pause of the client's, a moment within a phase. */
export function pause(ms: number): Promise<void> {
  return setTimeout(ms)
}
