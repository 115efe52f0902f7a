import type { Counts, RequestSpan, Timeline } from '../result.ts'
import { COUNTED, isLoss } from './fates.ts'
import { numberText } from './number-text.ts'
import { timeText } from './time-text.ts'

export interface LossTime {
  readonly fate: keyof Counts
  /** `12 lost: 3 ms to 31 ms after SIGTERM` */
  readonly text: string
}

/** What was lost, and when, in words; the worst is named with its count even where the timeline left it out. */
export function lossTimes(timeline: Timeline, counts: Counts): LossTime[] {
  const sigterm = timeline.marks.find(({ kind }) => kind === 'sigterm')?.at
  return COUNTED.filter((fate) => isLoss(fate) && counts[fate] > 0).map((fate) => {
    const requests = timeline.requests.filter((request) => request.fate === fate)
    const when = requests.length > 0 ? `: ${whenText(requests, sigterm)}` : ''
    return { fate, text: `${numberText(counts[fate])} ${fate}${when}` }
  })
}

function whenText(requests: readonly RequestSpan[], sigterm: number | undefined): string {
  const ended = requests.flatMap(({ to }) => to ?? [])
  if (ended.length > 0) return rangeText(ended, sigterm)
  return `sent ${rangeText(
    requests.map(({ from }) => from),
    sigterm,
  )}`
}

function rangeText(moments: readonly number[], sigterm: number | undefined): string {
  const zero = sigterm ?? 0
  const first = moments.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY) - zero
  const last = moments.reduce((most, at) => Math.max(most, at), Number.NEGATIVE_INFINITY) - zero
  if (sigterm === undefined) return `${span(first, last)} after the start`
  if (first >= 0) return `${span(first, last)} after SIGTERM`
  if (last < 0) return `${span(-first, -last)} before SIGTERM`
  return `from ${timeText(-first)} before SIGTERM to ${timeText(last)} after it`
}

function span(first: number, last: number): string {
  const [from, to] = [timeText(first), timeText(last)]
  return from === to ? from : `${from} to ${to}`
}
