import { describe, expect, it } from 'vitest'
import { lossTimes } from '../../../packages/check/src/report/loss-times.ts'
import { timeText } from '../../../packages/check/src/report/time-text.ts'
import { verdictOf, verdictText } from '../../../packages/check/src/report/verdict.ts'
import type { CheckResult, Counts, Timeline } from '../../../packages/check/src/result.ts'
import { failedResult, passedResult } from '../../browser/sample-results.ts'

describe('timeText', () => {
  it.each([
    [0, '0 ms'],
    [0.04, '0 ms'],
    [0.42, '0.4 ms'],
    [36.6, '37 ms'],
    [999.6, '1 s'],
    [1_254, '1.25 s'],
    [-1_200, '−1.2 s'],
    [12_340, '12.3 s'],
    [100_000, '1 min 40 s'],
    [120_000, '2 min'],
  ])('%d is %s', (ms, text) => expect(timeText(ms)).toBe(text))
})

describe('verdictText', () => {
  it('says how much was lost, and how many scenarios failed', () => {
    expect(verdictText(failedResult())).toMatch(
      /^This service loses requests: \d+ of \d+ got no proper answer, and 3 of 6 scenarios failed\.$/,
    )
  })

  it('says that nothing was lost', () => {
    expect(verdictText(passedResult())).toBe(
      'This service loses nothing: 16 requests in 2 scenarios, each answered or refused.',
    )
  })

  it('says that it failed otherwise', () => {
    expect(verdictText(withCounts('failed', {}))).toBe(
      'This service loses no request, but 1 of 1 scenario failed.',
    )
  })

  it('says what the thresholds allow', () => {
    expect(verdictText(withCounts('passed', { lost: 1_000 }))).toBe(
      'This service loses requests: 1,000 of 1,005 got no proper answer, which the thresholds allow.',
    )
  })

  it('says that nothing ran', () => {
    const skipped = withCounts('skipped', {})
    expect(verdictText(skipped)).toBe('Nothing was checked: no scenario ran.')
    expect(verdictOf(skipped)).toBe('skipped')
    expect(verdictText({ ...passedResult(), scenarios: [] })).toBe(
      'Nothing was checked: no scenario ran.',
    )
  })

  function withCounts(verdict: 'passed' | 'failed' | 'skipped', counts: Partial<Counts>) {
    const [scenario] = passedResult().scenarios
    if (scenario === undefined) throw new Error('no scenario')
    const all = { answered: 5, refused: 0, failed: 0, lost: 0, truncated: 0, hung: 0, ...counts }
    return {
      ...passedResult(),
      passed: verdict !== 'failed',
      scenarios: [{ ...scenario, verdict, counts: all }],
    } satisfies CheckResult
  }
})

describe('lossTimes', () => {
  const none: Counts = { answered: 0, refused: 0, failed: 0, lost: 0, truncated: 0, hung: 0 }
  const base: Timeline = {
    endMs: 1_000,
    marks: [{ at: 500, kind: 'sigterm', label: 'SIGTERM sent' }],
    connections: [],
    requests: [],
    omitted: { connections: 0, requests: 0 },
  }
  const lost = (...moments: number[]) => ({
    ...base,
    requests: moments.map((to) => ({
      connection: 1,
      from: to - 10,
      to,
      fate: 'lost' as const,
      label: 'GET /',
    })),
  })

  it.each([
    [[503, 531], '2 lost: 3 ms to 31 ms after SIGTERM'],
    [[503, 503], '2 lost: 3 ms after SIGTERM'],
    [[400, 490], '2 lost: 100 ms to 10 ms before SIGTERM'],
    [[490, 520], '2 lost: from 10 ms before SIGTERM to 20 ms after it'],
  ])('counts from SIGTERM: %j', (moments, text) => {
    expect(lossTimes(lost(...moments), { ...none, lost: 2 })).toEqual([{ fate: 'lost', text }])
  })

  it('counts from the start where there is no SIGTERM', () => {
    const timeline = { ...lost(40, 90), marks: [] }
    expect(lossTimes(timeline, { ...none, lost: 2 })).toMatchObject([
      { text: '2 lost: 40 ms to 90 ms after the start' },
    ])
  })

  it('names what stands in no list', () => {
    expect(lossTimes(base, { ...none, truncated: 3, answered: 9 })).toEqual([
      { fate: 'truncated', text: '3 truncated' },
    ])
  })

  it('says when those were sent that hung', () => {
    const requests = [{ connection: 1, from: 480, fate: 'hung' as const, label: 'GET /' }]
    expect(lossTimes({ ...base, requests }, { ...none, hung: 1 })).toMatchObject([
      { text: '1 hung: sent 20 ms before SIGTERM' },
    ])
  })
})
