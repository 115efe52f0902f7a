import { constants } from 'node:os'
import type { Counts, Exit, ScenarioResult, Stderr, Thresholds } from './result.ts'
import type { Scenario } from './scenarios/scenario.ts'

/** What was seen of a scenario. */
export type Observed = Pick<ScenarioResult, 'counts' | 'stderr' | 'timeline'> & {
  readonly exit?: Exit
  /** What is wrong whatever the thresholds say. */
  readonly problems: readonly string[]
}

/** What is wrong, in a sentence, and what helps; without advice of its own the scenario's helps. */
interface Finding {
  readonly reason: string
  readonly advice?: string
}

const UNHANDLED =
  'Handle SIGTERM: stop listening, wait for the requests in flight, then exit. Where you do, see who gets the signal: npm, a shell or a container may keep it from your process.'
const LATE =
  'Something held the process: a connection that was never closed, a client that was waited for without a limit, a timer. Close kept connections once their answers are out, and give up on the rest after a while.'
const NOISY =
  'A client that leaves is no error of the service: handle it where the body is read or the answer is written, and log it as an abort.'
const BAD_CODE =
  'An orchestrator takes another exit code for a crash. Exit with 0 after a stop in order; --exit-code names others that are meant.'

/** What is not good enough about it, and what usually helps; no reasons where all is well. */
export function judge(
  { counts, exit, stderr, problems }: Observed,
  thresholds: Thresholds,
  scenario: Pick<Scenario, 'advice' | 'hasEndlessClients'>,
): { reasons: string[]; advice?: string } {
  const findings: Finding[] = [
    ...problems.map((reason) => ({ reason })),
    ...judgeCounts(counts, thresholds),
    ...(exit === undefined
      ? judgeStderr(stderr, thresholds)
      : judgeExit(exit, thresholds, scenario)),
  ]
  const reasons = findings.map(({ reason }) => reason)
  if (findings.length === 0) return { reasons }
  const all = new Set(findings.map(({ advice = scenario.advice }) => advice))
  // All that was lost was lost to that.
  return { reasons, advice: all.has(UNHANDLED) ? UNHANDLED : [...all].join(' ') }
}

function judgeCounts(counts: Counts, thresholds: Thresholds): Finding[] {
  const all = Object.values(counts).reduce((sum, count) => sum + count)
  const sentences = {
    failed: 'were answered with an error (5xx)',
    lost: 'were lost: sent, and the connection was closed or reset without an answer',
    truncated: 'got an answer that broke off before its end',
    hung: 'had no answer yet when the check gave up',
  }
  return (['lost', 'truncated', 'hung', 'failed'] as const)
    .filter((kind) => counts[kind] > thresholds[kind])
    .map((kind) => ({ reason: `${counts[kind]} of ${all} requests ${sentences[kind]}.` }))
}

function judgeExit(
  { code, signal, afterMs }: Exit,
  { exitMs, exitCodes }: Thresholds,
  { hasEndlessClients }: Pick<Scenario, 'hasEndlessClients'>,
): Finding[] {
  if (signal === 'SIGKILL' && afterMs >= exitMs) {
    const reason = `The process was still there ${exitMs} ms after SIGTERM, and the check ended it.`
    return [{ reason, advice: LATE }]
  }
  if (exitCodes.includes(code ?? 128 + numberOf(signal))) return []
  if (hasEndlessClients && code !== null) return []
  if (signal === 'SIGTERM') {
    return [
      { reason: 'SIGTERM ended the process on the spot: nothing handles it.', advice: UNHANDLED },
    ]
  }
  const how = code === null ? `was ended by ${signal}` : `exited with code ${code}`
  return [{ reason: `The process ${how}, not with ${exitCodes.join(' or ')}.`, advice: BAD_CODE }]
}

function numberOf(signal: string | null): number {
  return Object.entries(constants.signals).find(([name]) => name === signal)?.[1] ?? 0
}

function judgeStderr({ lines, first }: Stderr, { stderrLines }: Thresholds): Finding[] {
  if (stderrLines === null || lines <= stderrLines) return []
  const noun = lines === 1 ? 'line' : 'lines'
  const reason = `${lines} ${noun} on stderr, of clients that only left: "${first[0]}".`
  return [{ reason, advice: NOISY }]
}
