import type { Ratio, Ratios } from './ratios.ts'
import { type Host, VARIANT_NAMES, type Variant } from './variants.ts'

export interface Result {
  readonly host: Host
  readonly course: string
  readonly variant: Variant
  readonly ratios: Ratios
}

const NAMES_WIDTH = 46
const RATIO_WIDTH = 24

export const TABLE_HEAD = [
  ['', 'requests a second', 'requests a second of'],
  ['', '(middle half of rounds)', "the server's processor time"],
]
  .map(([name = '', first = '', second = '']) => {
    return name.padEnd(NAMES_WIDTH) + first.padEnd(RATIO_WIDTH) + second
  })
  .join('\n')

/** A line of the table: ratios to the same server without us, more is better. */
export function renderResult({ host, course, variant, ratios }: Result): string {
  const name = host.padEnd(10) + course.padEnd(20) + VARIANT_NAMES[variant].padEnd(16)
  return name + renderRatio(ratios.perSecond).padEnd(RATIO_WIDTH) + renderRatio(ratios.perCpuSecond)
}

function renderRatio({ median, low, high }: Ratio): string {
  const digits = median > 2 ? 1 : 3
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`
}
