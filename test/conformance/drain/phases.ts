import type { DrainReport, HangupOptions, PhaseName } from '@hangup/core'
import { createLatch, type Latch } from '../../support/latch.ts'
import { waitFor } from '../../support/wait-for.ts'

/** Tells a row when the drain enters a phase. Give `onPhase` to the host's options. */
export interface Phases {
  readonly onPhase: NonNullable<HangupOptions['onPhase']>
  /** The phases entered so far. */
  readonly entered: readonly PhaseName[]
  /** Resolves with the report as it stood when the phase began. */
  reached(phase: PhaseName, ms?: number): Promise<DrainReport>
}

export function createPhases(): Phases {
  const entered: PhaseName[] = []
  const latches = new Map<PhaseName, Latch<DrainReport>>()

  function latchOf(phase: PhaseName): Latch<DrainReport> {
    const latch = latches.get(phase) ?? createLatch<DrainReport>()
    latches.set(phase, latch)
    return latch
  }

  return {
    entered,
    onPhase(phase, soFar) {
      entered.push(phase)
      latchOf(phase).open(soFar)
    },
    reached: (phase, ms) => waitFor(`the phase "${phase}"`, latchOf(phase).opened, ms),
  }
}
