import type { Result } from './result.ts'
import { type Course, HELLO, type Host, PAGE, VARIANT_NAMES } from './variants.ts'

interface Bound {
  readonly promise: string
  readonly course: Course
  readonly variant: Course['variants'][number]
  readonly atLeast: number
}

/** Promises P1 and P2 of docs/guarantees.md. */
const BOUNDS: readonly Bound[] = [
  { promise: 'P1', course: HELLO, variant: 'with', atLeast: 0.97 },
  { promise: 'P1', course: HELLO, variant: 'unheld', atLeast: 0.99 },
  { promise: 'P2', course: PAGE, variant: 'with', atLeast: 5 },
]

/** One line for each promise: kept, or missed and where. */
export function verdicts(results: readonly Result[]): string[] {
  return [...new Set(BOUNDS.map(({ promise }) => promise))].map((promise) => {
    const misses = BOUNDS.filter((bound) => bound.promise === promise).flatMap((bound) =>
      results.flatMap((result) => missOf(bound, result)),
    )
    return misses.length === 0 ? `${promise} kept` : `${promise} missed: ${misses.join(', ')}`
  })
}

/** Both ratios count: where the load is the slower side, requests a second hide what a server spends. */
function missOf({ course, variant, atLeast }: Bound, result: Result): string[] {
  if (result.course !== course.name || result.variant !== variant) return []
  const { perSecond, perCpuSecond } = result.ratios
  const median = Math.min(perSecond.median, perCpuSecond.median)
  if (median >= atLeast) return []
  const where: Host = result.host
  return [`${where} ${VARIANT_NAMES[variant]} ${median.toFixed(3)} of ${atLeast}`]
}
