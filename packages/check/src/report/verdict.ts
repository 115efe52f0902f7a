import type { CheckResult, Counts, Verdict } from '../result.ts'
import { COUNTED, isLoss } from './fates.ts'
import { countText, numberText } from './number-text.ts'

/** A check that could ask nothing has not passed. */
export function verdictOf({ passed, scenarios }: CheckResult): Verdict {
  if (scenarios.every(({ verdict }) => verdict === 'skipped')) return 'skipped'
  return passed ? 'passed' : 'failed'
}

/** The whole result in one sentence. */
export function verdictText({ passed, scenarios }: CheckResult): string {
  const ran = scenarios.filter(({ verdict }) => verdict !== 'skipped')
  if (ran.length === 0) return 'Nothing was checked: no scenario ran.'

  const failed = ran.filter(({ verdict }) => verdict === 'failed').length
  const counts = sumCounts(ran.map((scenario) => scenario.counts))
  const lost = COUNTED.filter(isLoss).reduce((sum, fate) => sum + counts[fate], 0)
  const all = COUNTED.reduce((sum, fate) => sum + counts[fate], 0)
  const failures = `${numberText(failed)} of ${countText(ran.length, 'scenario')} failed`
  const share = `${numberText(lost)} of ${numberText(all)}`
  const loses = `This service loses requests: ${share} got no proper answer`

  if (passed && lost > 0) return `${loses}, which the thresholds allow.`
  if (passed) {
    const sums = `${countText(all, 'request')} in ${countText(ran.length, 'scenario')}`
    return `This service loses nothing: ${sums}, each answered or refused.`
  }
  if (lost > 0) return `${loses}, and ${failures}.`
  return `This service loses no request, but ${failures}.`
}

export function sumCounts(all: readonly Counts[]): Counts {
  const sum = { answered: 0, refused: 0, failed: 0, lost: 0, truncated: 0, hung: 0 }
  for (const counts of all) {
    for (const fate of COUNTED) sum[fate] += counts[fate]
  }
  return sum
}
