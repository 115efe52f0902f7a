import { availableParallelism } from 'node:os'
import { addressesOf } from './address.ts'
import { judge, type Observed } from './judge.ts'
import { type Launched, launch } from './launch.ts'
import type { CheckOptions } from './options.ts'
import type { Progress } from './progress.ts'
import { type Rehearsal, rehearse } from './rehearsal.ts'
import type { CheckResult, ScenarioResult, Thresholds, Verdict } from './result.ts'
import { runLeaving } from './run-leaving.ts'
import { runSigterm } from './run-sigterm.ts'
import { scenarios } from './scenarios/index.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { createStage } from './stage.ts'
import { isUsageError } from './usage-error.ts'
import { version } from './version.ts'

/** For the port to be free again after a service of ours. */
const FREE_MS = 5_000

/**
 * Runs the scenarios one after another; those with a SIGTERM each on a fresh start of the command. Throws
 * a UsageError where the service cannot be checked at all. Whatever it started is gone when it is done.
 */
export async function runCheck(options: CheckOptions, progress: Progress): Promise<CheckResult> {
  const addresses = await addressesOf(options.url, options.allowHost)
  progress.begin('starts the command')
  let running: Launched | undefined = await launch(options, addresses, 0)
  const results: ScenarioResult[] = []
  try {
    progress.begin('sends what nobody disturbs')
    const rehearsal = await rehearse(running)
    const thresholds = thresholdsOf(options, rehearsal)
    const all = chosen(options)
    for (const scenario of all) {
      progress.begin(`${results.length + 1}/${all.length} ${scenario.title}`)
      const result = await runScenario(scenario, rehearsal, thresholds)
      results.push(result)
      progress.done(result)
    }
    return {
      format: 1,
      madeAt: new Date().toISOString(),
      tool: version,
      url: options.url.href,
      command: options.command,
      machine: {
        node: process.version,
        platform: `${process.platform} ${process.arch}`,
        cpus: availableParallelism(),
      },
      thresholds,
      passed: isPassed(results),
      scenarios: results,
    }
  } finally {
    await running?.service.destroy()
  }

  async function runScenario(
    scenario: Scenario,
    rehearsal: Rehearsal,
    thresholds: Thresholds,
  ): Promise<ScenarioResult> {
    const { name, title, question } = scenario
    const began = performance.now()
    const unfit = unfitFor(scenario, rehearsal)
    if (unfit !== undefined) {
      const { counts, stderr, timeline } = nothingSeen()
      return {
        name,
        title,
        question,
        verdict: 'skipped',
        reasons: [unfit],
        counts,
        stderr,
        ms: 0,
        timeline,
      }
    }
    const { problems, ...seen } = await observe(scenario, rehearsal)
    const verdict = judge({ problems, ...seen }, thresholds, scenario)
    return {
      name,
      title,
      question,
      verdict: verdict.reasons.length === 0 ? 'passed' : 'failed',
      ...verdict,
      ...seen,
      ms: Math.round(performance.now() - began),
    }
  }

  async function observe(scenario: Scenario, rehearsal: Rehearsal): Promise<Observed> {
    try {
      const launched = await prepare(scenario)
      const { connections, roundTripMs } = options
      const { target, service } = launched
      const control = createStage({ target, rehearsal, connections, roundTripMs }, service)
      progress.watch(control.stage.recorder)
      if (scenario.kind === 'leave') return await runLeaving(scenario, launched, control)
      return await runSigterm(scenario, launched, control, options.thresholds.exitMs)
    } catch (error) {
      if (!isUsageError(error)) throw error
      return { ...nothingSeen(), problems: [`It did not start again: ${error.message}`] }
    }
  }

  /** Clients that leave may share one start, SIGTERM needs a fresh one. */
  async function prepare({ kind }: Scenario): Promise<Launched> {
    const isFresh = running === undefined || running.service.end !== undefined
    if (running !== undefined && (kind === 'sigterm' || isFresh)) {
      await running.service.destroy()
      running = undefined
    }
    running ??= await launch(options, addresses, FREE_MS)
    return running
  }
}

function chosen({ only, skip }: CheckOptions): Scenario[] {
  return scenarios.filter(
    ({ name }) => (only.length === 0 || only.includes(name)) && !skip.includes(name),
  )
}

/** Where all were skipped nothing has been shown. */
function isPassed(results: readonly ScenarioResult[]): boolean {
  const has = (wanted: Verdict) => results.some(({ verdict }) => verdict === wanted)
  return has('passed') && !has('failed')
}

function unfitFor(scenario: Scenario, rehearsal: Rehearsal): string | undefined {
  if (!rehearsal.speaksHttp1 && !scenario.isHttp2) return 'The service does not speak HTTP/1.'
  return scenario.unfit?.(rehearsal)
}

function thresholdsOf({ thresholds }: CheckOptions, { logsToStderr }: Rehearsal): Thresholds {
  const stderrLines = thresholds.stderrLines ?? (logsToStderr ? null : 0)
  return { ...thresholds, stderrLines }
}

function nothingSeen(): Omit<Observed, 'problems'> {
  return {
    counts: { answered: 0, refused: 0, failed: 0, lost: 0, truncated: 0, hung: 0 },
    stderr: { lines: 0, first: [] },
    timeline: {
      endMs: 0,
      marks: [],
      connections: [],
      requests: [],
      omitted: { connections: 0, requests: 0 },
    },
  }
}
