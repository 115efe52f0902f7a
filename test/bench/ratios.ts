/** The median of many figures, and the middle half of them. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
  readonly most: number
}

export function spreadOf(figures: readonly number[]): Spread {
  const at = (share: number) => quantileOf(figures, share)
  return { median: at(0.5), low: at(0.25), high: at(0.75), most: at(1) }
}

/** @param share of the figures that are no more than it, 0 to 1. */
export function quantileOf(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place % 1)
}

export function medianOf(figures: readonly number[]): number {
  return quantileOf(figures, 0.5)
}

export function renderSpread({ median, low, high }: Spread): string {
  const digits = Math.abs(median) > 2 ? 1 : 3
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`
}
