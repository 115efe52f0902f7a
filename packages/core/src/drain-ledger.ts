import { performance } from 'node:perf_hooks'
import type { CleanupResult } from './cleanup.ts'
import type { Connection } from './connection.ts'
import type { Known } from './in-flight.ts'
import type { Ending } from './outcome.ts'
import {
  copyReport,
  createReport,
  type DrainReport,
  isClean,
  type LostRequest,
  type PhaseName,
} from './report.ts'
import type { WorkSet } from './work.ts'

/** Keeps a drain's report while it runs. */
export interface DrainLedger {
  readonly report: DrainReport
  /** Ends the phase that was, and brings the report up to date. */
  enter(phase: PhaseName): void
  /** The report as it stands now, for whoever keeps it. */
  soFar(): DrainReport
  settled(ending: Ending): void
  refused(): void
  lost(exchange: Known): void
  connectionClosed(connection: Connection): void
  cleanedUp(result: CleanupResult): void
  /** From here on what ends has been destroyed. */
  destroying(): void
}

export function createLedger(why: string, work: WorkSet): DrainLedger {
  const report = createReport(why)
  const lost = new Map<Known, LostRequest>()
  const began = performance.now()
  let phase: PhaseName | undefined
  let phaseBegan = began
  let isDestroying = false

  function update(now: number): void {
    report.ms = Math.round(now - began)
    report.work = work.unfinished()
    report.requests.lost = [...lost.values()]
    report.clean = isClean(report)
  }

  return {
    report,
    enter(next) {
      const now = performance.now()
      if (phase !== undefined) {
        report.phases.push({ name: phase, ms: Math.round(now - phaseBegan) })
        phaseBegan = now
      }
      phase = next
      update(now)
    },
    soFar() {
      update(phase === 'closed' ? phaseBegan : performance.now())
      return copyReport(report)
    },
    settled({ kind }) {
      if (kind !== 'aborted') report.requests.finished++
      else if (!isDestroying) report.requests.aborted++
    },
    refused() {
      report.requests.refused++
    },
    lost(exchange) {
      if (lost.has(exchange)) return
      const { method, url, route, ageMs, phase: where } = exchange
      lost.set(exchange, {
        method,
        url,
        ...(route !== undefined && { route }),
        ageMs,
        phase: where,
      })
    },
    connectionClosed({ session, isUsed }) {
      const { connections, sessions } = report
      if (session !== undefined) sessions[isDestroying ? 'destroyed' : 'finished']++
      else if (isDestroying) connections.destroyed++
      else connections[isUsed ? 'finished' : 'idle']++
    },
    cleanedUp(result) {
      report.hooks.push(result)
    },
    destroying() {
      isDestroying = true
    },
  }
}
