import { timeText } from './time-text.ts'

/** Places moments on a line that is 1 long. Long stretches in which nothing happens are drawn short. */
export interface TimeScale {
  /** From 0 to 1; what lies outside of the time shown is put at its edge. */
  x(ms: number): number
  readonly ticks: readonly Tick[]
  readonly breaks: readonly Break[]
}

export interface Tick {
  readonly x: number
  readonly label: string
}

/** A stretch that is drawn shorter than the rest. */
export interface Break {
  readonly x0: number
  readonly x1: number
  readonly ms: number
}

interface Stretch {
  readonly from: number
  readonly to: number
  readonly x0: number
  readonly x1: number
  readonly isShort: boolean
}

const SHORT_FROM_MS = 1000
const SHORT_FROM_SHARE = 0.3
const SHORT_WIDTH = 0.12
const MOST_TICKS = 4
const FINER = [1, 2, 5, 10]
/** Enough for a label on the narrowest picture. */
const TICK_DISTANCE = 0.22
/** A label nearer to the edge would hang over it. */
const EDGE = 0.06

/** `moments` are those at which something begins or ends, in any order; ticks count from `zeroMs`. */
export function createTimeScale(
  endMs: number,
  moments: readonly number[],
  zeroMs: number,
): TimeScale {
  const end = Number.isFinite(endMs) && endMs > 0 ? endMs : 1
  const stretches = layOut(end, findQuiet(end, moments))

  function x(ms: number): number {
    if (!(ms > 0)) return 0
    const stretch = stretches.find(({ to }) => ms <= to)
    if (stretch === undefined) return 1
    const { from, to, x0, x1 } = stretch
    return x0 + ((ms - from) / (to - from)) * (x1 - x0)
  }

  return {
    x,
    ticks: makeTicks(stretches, x, zeroMs),
    breaks: stretches
      .filter(({ isShort }) => isShort)
      .map(({ from, to, x0, x1 }) => ({ x0, x1, ms: to - from })),
  }
}

function findQuiet(end: number, moments: readonly number[]): [from: number, to: number][] {
  const within = moments.filter((ms) => ms > 0 && ms < end).sort((a, b) => a - b)
  const least = Math.max(SHORT_FROM_MS, end * SHORT_FROM_SHARE)
  const quiet: [number, number][] = []
  let last = 0
  for (const moment of [...within, end]) {
    if (moment - last >= least) quiet.push([last, moment])
    last = moment
  }
  return quiet
}

/** A little of a quiet stretch stays at its edges, so that a break stands beside an event, not on it. */
function layOut(end: number, quiet: readonly (readonly [number, number])[]): Stretch[] {
  const quietMs = quiet.reduce((sum, [from, to]) => sum + to - from, 0)
  const edge = Math.max((end - quietMs) * 0.06, end * 0.005)
  const cuts = quiet.map(([from, to]) => [from + edge, to - edge] as const)
  const shortMs = cuts.reduce((sum, [from, to]) => sum + to - from, 0)
  const widthPerMs = (1 - cuts.length * SHORT_WIDTH) / (end - shortMs)

  const stretches: Stretch[] = []
  let at = 0
  let x = 0
  function add(to: number, isShort: boolean): void {
    const x1 = isShort ? x + SHORT_WIDTH : x + (to - at) * widthPerMs
    stretches.push({ from: at, to, x0: x, x1: Math.min(x1, 1), isShort })
    at = to
    x = x1
  }
  for (const [from, to] of cuts) {
    add(from, false)
    add(to, true)
  }
  add(end, false)
  return stretches
}

function makeTicks(
  stretches: readonly Stretch[],
  x: (ms: number) => number,
  zeroMs: number,
): Tick[] {
  const even = stretches.filter(({ isShort }) => !isShort)
  const step = roundUp(even.reduce((sum, { from, to }) => sum + to - from, 0) / MOST_TICKS)
  const ticks: Tick[] = []
  let last = Number.NEGATIVE_INFINITY

  function addMultiples(size: number, { from, to }: Stretch): boolean {
    const before = Math.max(1, ticks.length)
    for (let count = Math.ceil((from - zeroMs) / size); zeroMs + count * size <= to; count++) {
      const at = x(zeroMs + count * size)
      const fits = count === 0 || (at >= EDGE && at <= 1 - EDGE)
      if (!fits || at - last < TICK_DISTANCE) continue
      ticks.push({ x: at, label: count === 0 ? '0' : timeText(count * size) })
      last = at
    }
    return ticks.length > before
  }

  for (const stretch of even) {
    // A finer one is better than none, after a break too; and one alone tells nothing.
    FINER.some((divisor) => addMultiples(step / divisor, stretch))
  }
  return ticks
}

/** To 1, 2 or 5 times a power of ten. */
function roundUp(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(ms))
  return ([1, 2, 5].find((factor) => factor * power >= ms) ?? 10) * power
}
