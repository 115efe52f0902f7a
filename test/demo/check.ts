import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { CheckResult } from '@hangup/check'
import { freePort } from '../check/free-port.ts'
import type { Side } from './server-process.ts'

const CLI = fileURLToPath(new URL('../../packages/check/src/cli.ts', import.meta.url))
/** Those that show most in a few seconds; `npx @hangup/check` runs all. */
const SCENARIOS = 'leave-uploading,sigterm-idle,sigterm-queue'
/** Longer than a kept connection lives in Node by itself. */
const EXIT_MS = '8000'

/** What the check found of one of its servers. */
export interface Checked {
  readonly side: Side
  readonly result: CheckResult
  /** Address of the page that shows it. */
  readonly report: string
}

export interface CheckRun {
  readonly done: Promise<Checked[]>
  /** For the end of a run that was cut short. */
  kill(): void
}

/** Puts an application through the check, from outside, without us and with us. */
export function checkBothSides(framework: 'express' | 'koa' | 'fastify'): CheckRun {
  const stop = new AbortController()
  const sides: readonly Side[] = ['without', 'with']
  const folder = mkdtemp(join(tmpdir(), 'hangup-demo-'))
  return {
    done: Promise.all(sides.map(async (side) => check(framework, side, await folder, stop.signal))),
    kill: () => stop.abort(),
  }
}

async function check(
  framework: string,
  side: Side,
  folder: string,
  signal: AbortSignal,
): Promise<Checked> {
  const json = join(folder, `${framework}-${side}.json`)
  const report = join(folder, `${framework}-${side}.html`)
  const url = `http://127.0.0.1:${await freePort()}/work`
  const server = fileURLToPath(new URL(`../check/servers/${framework}.ts`, import.meta.url))
  const node = [process.execPath, ...process.execArgv]
  const options = ['--url', url, '--upload-path', '/upload', '--only', SCENARIOS]
  const files = ['--json', json, '--report', report]
  const words = [...options, '--exit-ms', EXIT_MS, ...files, '--', ...node, server, side]
  const child = spawn(process.execPath, [...process.execArgv, CLI, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  // It ends its server when it is ended.
  signal.addEventListener('abort', () => child.kill('SIGTERM'))
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
  if (code !== 0 && code !== 1) throw new Error(`hangup-check exited with ${code}\n${said}`)
  const result: CheckResult = JSON.parse(await readFile(json, 'utf8'))
  return { side, result, report: pathToFileURL(report).href }
}

/** One line for each side, with where to look. */
export function renderChecked({ side, result, report }: Checked): string {
  const counts = result.scenarios.map((scenario) => scenario.counts)
  const asked = counts.flatMap((each) => Object.values(each)).reduce((sum, count) => sum + count, 0)
  const lost = counts.reduce(
    (sum, each) => sum + each.failed + each.lost + each.truncated + each.hung,
    0,
  )
  const verdict = result.passed ? 'passed' : 'failed'
  return `  ${side.padEnd(7)} us: ${verdict}, ${lost} of ${asked} without a proper answer   ${report}`
}
