import { describe, expect, it } from 'vitest'
import { createTimeScale } from '../../../packages/check/src/report/time-scale.ts'

describe('createTimeScale', () => {
  it('is even where something happens all the time', () => {
    const scale = createTimeScale(1_000, [100, 400, 700, 900], 0)
    expect([0, 250, 500, 1_000].map(scale.x)).toEqual([0, 0.25, 0.5, 1])
    expect(scale.breaks).toEqual([])
  })

  it('draws a long quiet time short, and keeps the order of all moments', () => {
    const scale = createTimeScale(10_500, [0, 200, 500, 10_400], 0)
    const [only] = scale.breaks
    expect(scale.breaks).toHaveLength(1)
    expect((only?.x1 ?? 0) - (only?.x0 ?? 0)).toBeCloseTo(0.12)
    expect(only?.ms).toBeGreaterThan(9_700)
    expect(scale.x(500)).toBeGreaterThan(0.5)
    const places = Array.from({ length: 106 }, (_, index) => scale.x(index * 100))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(new Set(places).size).toBe(places.length)
  })

  it('puts no event inside of a break', () => {
    const moments = [0, 3_000, 3_001, 9_000]
    const scale = createTimeScale(9_100, moments, 0)
    expect(scale.breaks).toHaveLength(2)
    for (const moment of moments) {
      const x = scale.x(moment)
      expect(scale.breaks.filter(({ x0, x1 }) => x > x0 && x < x1)).toEqual([])
    }
  })

  it('leaves a quiet time alone that is short by itself', () => {
    expect(createTimeScale(1_500, [100, 1_000], 0).breaks).toEqual([])
  })

  it('counts ticks from its zero, in round steps', () => {
    const { ticks } = createTimeScale(760, [100, 300, 500], 500)
    expect(ticks.map(({ label }) => label)).toEqual(['−400 ms', '−200 ms', '0', '200 ms'])
  })

  it.each([
    [760, [100, 300, 500]],
    [860, [100, 300, 500]],
    [10_500, [0, 200, 500, 10_400]],
    [9_100, [0, 3_000, 3_001, 9_000]],
    [30_000, [1, 2, 9_000, 20_000]],
    [10_200, [0, 300, 600, 900, 1_300, 5_500, 9_900]],
  ])('keeps ticks apart, and off the edges, in %s ms with events at %j', (endMs, moments) => {
    const places = createTimeScale(endMs, moments, 500).ticks.map(({ x }) => x)
    expect(places.length).toBeGreaterThan(1)
    for (const [index, x] of places.entries()) {
      expect(x).toBeLessThanOrEqual(0.94)
      expect(x - (places[index - 1] ?? -1)).toBeGreaterThanOrEqual(0.22)
    }
  })

  it.each([0, -5, Number.NaN, Number.POSITIVE_INFINITY])('bears %s as its end', (endMs) => {
    const scale = createTimeScale(endMs, [], 0)
    expect(scale.x(0)).toBe(0)
    expect(scale.x(5)).toBe(1)
  })

  it('keeps what lies outside at its edges', () => {
    const scale = createTimeScale(100, [], 0)
    expect([-1, 101, Number.NaN].map(scale.x)).toEqual([0, 1, 0])
  })

  it.each([0.3, 7, 99, 1_234, 60_000, 3_600_000])('has ticks for %s ms', (endMs) => {
    const { ticks } = createTimeScale(endMs, [], 0)
    expect(ticks.length).toBeGreaterThan(1)
    expect(ticks.length).toBeLessThan(6)
    expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length)
  })
})
