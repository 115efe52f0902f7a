import type { Sample } from './measure.ts'
import type { Variant } from './variants.ts'

/** A ratio to the server without us, and the middle half of the rounds that it is the median of. */
export interface Ratio {
  readonly median: number
  readonly low: number
  readonly high: number
}

export interface Ratios {
  readonly perSecond: Ratio
  readonly perCpuSecond: Ratio
}

/** Each round against the same round without us: what slows the machine slows both. */
export function ratiosOf(samples: readonly Sample[], variant: Variant): Ratios {
  const pairs = samples
    .filter((sample) => sample.variant === variant)
    .map((sample) => ({ sample, bare: bareOf(samples, sample) }))
  return {
    perSecond: spread(pairs.map((p) => p.sample.requestsPerSecond / p.bare.requestsPerSecond)),
    perCpuSecond: spread(
      pairs.map((p) => p.sample.requestsPerCpuSecond / p.bare.requestsPerCpuSecond),
    ),
  }
}

function bareOf(samples: readonly Sample[], { life, round }: Sample): Sample {
  const bare = samples.find(
    (sample) => sample.variant === 'without' && sample.life === life && sample.round === round,
  )
  if (bare === undefined) throw new Error(`life ${life}, round ${round}: nothing without us`)
  return bare
}

export function medianOf(figures: readonly number[]): number {
  return spread(figures).median
}

function spread(ratios: readonly number[]): Ratio {
  const sorted = ratios.toSorted((a, b) => a - b)
  const at = (share: number) => {
    const place = share * (sorted.length - 1)
    const below = sorted[Math.floor(place)] ?? Number.NaN
    const above = sorted[Math.ceil(place)] ?? Number.NaN
    return below + (above - below) * (place % 1)
  }
  return { median: at(0.5), low: at(0.25), high: at(0.75) }
}
