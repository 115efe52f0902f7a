import type { CleanupResult } from './cleanup.ts'
import type { Phase } from './errors.ts'
import type { UnfinishedWork } from './work.ts'

/** The phases of a drain, in their order; one that has nothing to do takes no time. */
export type PhaseName = 'unready' | 'accept' | 'finish' | 'abort' | 'destroy' | 'cleanup' | 'closed'

/** A request that a drain gave up. */
export interface LostRequest {
  readonly method: string
  readonly url: string
  /** The pattern that matched, where the framework knows it. */
  readonly route?: string
  /** Milliseconds since its head had arrived. */
  readonly ageMs: number
  /** Where it was when it was given up. */
  readonly phase: Phase
}

/** What a drain did, and what it lost. */
export interface DrainReport {
  /** What started it: a signal's name, `'server.close()'`, `'app.close()'`, or what `drain(why)` was given. */
  why: string
  /** Whether no request, no work and no clean-up function was lost. */
  clean: boolean
  /** Milliseconds since it began. */
  ms: number
  /** Those that have ended, in milliseconds each. */
  phases: { name: PhaseName; ms: number }[]
  requests: {
    /** Ended by their handlers since the drain began, by an answer or by an error. */
    finished: number
    /** Answered 503, or REFUSED_STREAM, since they came after the soft deadline. */
    refused: number
    /** Cut short by their clients, their deadlines or the soft deadline. */
    aborted: number
    /** Not answered, or their handlers still running, when the hard deadline had passed. */
    lost: LostRequest[]
  }
  /** HTTP/1 connections, and those on which nothing was ever said, by how they ended since it began. */
  connections: {
    /** Without a request since the listeners shut, or without any before that: kept alive, or upgraded. */
    idle: number
    /** After their last response. */
    finished: number
    /** At the hard deadline. */
    destroyed: number
  }
  /** HTTP/2 connections. */
  sessions: { finished: number; destroyed: number }
  /** Shields and `waitUntil` promises that had not settled. */
  work: UnfinishedWork[]
  /** Clean-up functions, in the order in which they ran; the framework's own comes last. */
  hooks: CleanupResult[]
}

export function createReport(why: string): DrainReport {
  return {
    why,
    clean: true,
    ms: 0,
    phases: [],
    requests: { finished: 0, refused: 0, aborted: 0, lost: [] },
    connections: { idle: 0, finished: 0, destroyed: 0 },
    sessions: { finished: 0, destroyed: 0 },
    work: [],
    hooks: [],
  }
}

/** What counts goes on counting: a copy does not. */
export function copyReport(report: DrainReport): DrainReport {
  const { phases, requests, connections, sessions, work, hooks } = report
  return {
    ...report,
    phases: [...phases],
    requests: { ...requests, lost: [...requests.lost] },
    connections: { ...connections },
    sessions: { ...sessions },
    work: [...work],
    hooks: [...hooks],
  }
}

export function isClean(report: DrainReport): boolean {
  const { requests, work, hooks } = report
  return (
    requests.lost.length === 0 && work.length === 0 && hooks.every((hook) => !('error' in hook))
  )
}
