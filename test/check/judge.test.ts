import { describe, expect, it } from 'vitest'
import { judge, type Observed } from '../../packages/check/src/judge.ts'
import type { Thresholds } from '../../packages/check/src/result.ts'

const thresholds: Thresholds = {
  failed: 0,
  lost: 0,
  truncated: 0,
  hung: 0,
  exitMs: 5_000,
  exitCodes: [0],
  stderrLines: 0,
}
const fine: Observed = {
  counts: { answered: 9, refused: 3, failed: 0, lost: 0, truncated: 0, hung: 0 },
  stderr: { lines: 0, first: [] },
  problems: [],
  timeline: {
    endMs: 0,
    marks: [],
    connections: [],
    requests: [],
    omitted: { connections: 0, requests: 0 },
  },
}
const ended = (code: number | null, signal: string | null = null, afterMs = 10) => ({
  ...fine,
  exit: { code, signal, afterMs },
})
const advice = 'Do better.'

/** What was seen, under what thresholds, and what is said of it; nothing: it passed. */
const CASES: [
  what: string,
  seen: Observed,
  limits: Partial<Thresholds>,
  reason: RegExp | undefined,
][] = [
  ['nothing wrong', fine, {}, undefined],
  ['one lost', { ...fine, counts: { ...fine.counts, lost: 1 } }, {}, /^1 of 13 requests were lost/],
  [
    'one lost, which may be',
    { ...fine, counts: { ...fine.counts, lost: 1 } },
    { lost: 1 },
    undefined,
  ],
  ['one with 500', { ...fine, counts: { ...fine.counts, failed: 1 } }, {}, /5xx/],
  ['one hung', { ...fine, counts: { ...fine.counts, hung: 1 } }, {}, /when the check gave up/],
  ['one cut', { ...fine, counts: { ...fine.counts, truncated: 1 } }, {}, /broke off/],
  ['a line', { ...fine, stderr: { lines: 1, first: ['EPIPE'] } }, {}, /^1 line on stderr.*"EPIPE"/],
  [
    'a line that is not judged',
    { ...fine, stderr: { lines: 1, first: ['EPIPE'] } },
    { stderrLines: null },
    undefined,
  ],
  ['a line after SIGTERM', { ...ended(0), stderr: { lines: 1, first: ['bye'] } }, {}, undefined],
  ['exit code 0', ended(0), {}, undefined],
  ['exit code 1', ended(1), {}, /exited with code 1, not with 0/],
  ['exit code 1, which may be', ended(1), { exitCodes: [0, 1] }, undefined],
  ['the end by SIGTERM', ended(null, 'SIGTERM'), {}, /nothing handles it/],
  ['the end by SIGTERM, which may be', ended(null, 'SIGTERM'), { exitCodes: [0, 143] }, undefined],
  ['a crash', ended(null, 'SIGSEGV'), {}, /was ended by SIGSEGV/],
  ['no end', ended(null, 'SIGKILL', 5_001), {}, /still there 5000 ms after SIGTERM/],
]

describe('the verdict', () => {
  it.each(CASES)('on %s', (_, seen, limits, reason) => {
    const verdict = judge(seen, { ...thresholds, ...limits }, { advice })
    expect(verdict.reasons.join()).toMatch(reason ?? /^$/)
    expect(verdict.advice !== undefined).toBe(reason !== undefined)
  })

  it('lets a service that gives up on endless clients say so by its exit code', () => {
    const scenario = { advice, hasEndlessClients: true } as const
    expect(judge(ended(1), thresholds, scenario).reasons).toEqual([])
    expect(judge(ended(null, 'SIGTERM'), thresholds, scenario).reasons).toHaveLength(1)
  })

  it('gives the advice that fits what was found', () => {
    const lost = { ...fine, counts: { ...fine.counts, lost: 3 } }
    expect(judge(lost, thresholds, { advice }).advice).toBe(advice)
    expect(judge(ended(1), thresholds, { advice }).advice).not.toContain(advice)
    const unhandled = { ...lost, ...ended(null, 'SIGTERM'), counts: lost.counts }
    expect(judge(unhandled, thresholds, { advice }).advice).toMatch(/^Handle SIGTERM/)
  })
})
