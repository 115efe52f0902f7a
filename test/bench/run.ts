import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { measureIdle } from './drain/idle.ts'
import { measureRestarts } from './drain/restarts.ts'
import { drainVerdicts, renderIdle, renderRestarts } from './drain/result.ts'
import { measure, type Plan, type Sample } from './measure.ts'
import { isPinned, killAll } from './process.ts'
import { ratiosOf } from './ratios.ts'
import { type Result, renderResult, TABLE_HEAD } from './result.ts'
import { type Course, HELLO, HOSTS, type Host, PAGE } from './variants.ts'
import { verdicts } from './verdicts.ts'

const isQuick = process.argv.includes('--quick')
const isAll = ![...HOSTS, 'drain'].some((part) => process.argv.includes(part))
const hosts = HOSTS.filter((host) => isAll || process.argv.includes(host))
const isDraining = isAll || process.argv.includes('drain')

const plans = new Map<Course, Plan>([
  [
    HELLO,
    { ...(isQuick ? { lives: 2, rounds: 4 } : { lives: 6, rounds: 8 }), ...amounts(8_000, 20_000) },
  ],
  [
    PAGE,
    { ...(isQuick ? { lives: 1, rounds: 2 } : { lives: 2, rounds: 5 }), ...amounts(500, 2_000) },
  ],
])

function amounts(requests: number, warmUpRequests: number) {
  return { requests, warmUpRequests }
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const results: Result[] = []
let drains: object | undefined
const samples: (Sample & { host: Host; course: string })[] = []

process.on('SIGINT', () => stop(130))
process.on('SIGTERM', () => stop(143))

function stop(code: number): never {
  killAll()
  process.exit(code)
}

function build(): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the build failed\n${stdout}\n${stderr}`)
}

async function runCourse(course: Course, host: Host, plan: Plan): Promise<void> {
  const measured = await measure(host, course, plan, showProgress)
  samples.push(...measured.map((sample) => ({ host, course: course.name, ...sample })))
  for (const variant of course.variants) {
    const ratios = ratiosOf(measured, variant)
    const result: Result = { host, course: course.name, variant, ratios }
    results.push(result)
    showLine(renderResult(result))
  }
}

const began = performance.now()

function showProgress(text: string): void {
  const line = `${Math.round((performance.now() - began) / 1000)} s  ${text}`
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line}`)
  else process.stderr.write(`${line}\n`)
}

function showLine(line: string): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K')
  console.log(line)
}

async function runDrains(): Promise<string[]> {
  const idle = await measureIdle(isQuick ? 1 : 3, showProgress)
  for (const line of renderIdle(idle)) showLine(line)
  const restarts = await measureRestarts(isQuick ? 1 : 2, showProgress)
  for (const line of renderRestarts(restarts)) showLine(line)
  drains = { idle, restarts }
  return drainVerdicts(restarts, idle)
}

function writeResults(): string {
  const date = new Date().toISOString()
  const file = `${root}bench-results/${date.replaceAll(':', '-')}.json`
  const machine = { node: process.version, cpu: cpus()[0]?.model, cpus: cpus().length, isPinned }
  const plansByName = Object.fromEntries([...plans].map(([{ name }, plan]) => [name, plan]))
  const content = { date, ...machine, plans: plansByName, results, drains, samples }
  mkdirSync(`${root}bench-results`, { recursive: true })
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`)
  return file
}

async function main(): Promise<void> {
  showProgress('builds the packages')
  build()
  showLine(`\nNode ${process.version}, ${cpus()[0]?.model}. Ratios to the same server without us.`)
  if (!isPinned) showLine('No taskset or no second processor: server and load share them all.')
  if (hosts.length > 0) showLine(`\n${TABLE_HEAD}`)
  for (const [course, plan] of plans) {
    for (const host of hosts) await runCourse(course, host, plan)
  }
  const drainLines = isDraining ? await runDrains() : []
  const file = writeResults()
  console.log('')
  const hostLines = hosts.length > 0 ? verdicts(results) : []
  for (const line of [...hostLines, ...drainLines]) console.log(line)
  console.log(`\n${file}`)
}

try {
  await main()
} catch (error) {
  console.error(error)
  stop(1)
}
