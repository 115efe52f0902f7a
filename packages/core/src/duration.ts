import { optionError } from './errors.ts'

/** setTimeout fires at once for anything longer. */
const LONGEST_MS = 2 ** 31 - 1

/** Checks a number of milliseconds that a user gave, and puts the default where there is none. */
export function duration(name: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback
  if (typeof value === 'number' && value >= 0 && value <= LONGEST_MS) return value
  const isTooLong = typeof value === 'number' && value > LONGEST_MS
  const remedy = isTooLong
    ? `at most ${LONGEST_MS} milliseconds, which is 24.8 days`
    : 'a non-negative number of milliseconds'
  throw optionError(name, remedy, value)
}
