import type { Table } from './table.ts'

/** One of the promises P1 to P4, A9, B4 or D15 of docs/guarantees.md, held against what was measured. */
export interface Verdict {
  readonly promise: string
  readonly bound: string
  readonly measured: string
  readonly isKept: boolean
}

export function verdictTable(verdicts: readonly Verdict[]): Table {
  return {
    title: 'Promises',
    columns: ['promise', 'bound', 'measured', 'verdict'],
    rows: verdicts
      .toSorted(byPromise)
      .map(({ promise, bound, measured, isKept }) => [
        promise,
        bound,
        measured,
        isKept ? 'kept' : 'missed',
      ]),
  }
}

function byPromise(a: Verdict, b: Verdict): number {
  return a.promise.localeCompare(b.promise)
}
