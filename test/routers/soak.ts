import { parseArgs } from 'node:util'
import { FRAMEWORKS, type Framework } from './app-process.ts'
import { ROADS, type RoadName } from './roads.ts'
import { type Progress, type RollingPlan, type RollingResult, roll } from './rolling.ts'

const INTRO = `
Rolling restarts behind real routers, under POST from 48 loops, none of which is sent twice.
Without us a process ends by server.close(), or app.close() in Fastify, and is killed after 10 s.
`
const TELL_MS = 5_000
/** For one framework behind one router. */
const LIMIT_MS = 20 * 60_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    requests: { type: 'string', default: '50000' },
    restarts: { type: 'string', default: '40' },
  },
})
const names = Object.keys(ROADS) as RoadName[]
const roads = chosen(names, ['nginx', 'haproxy'])
const frameworks = chosen(FRAMEWORKS, FRAMEWORKS)
const pairs = roads.flatMap((name) =>
  frameworks
    .filter((framework) => ROADS[name].frameworks.includes(framework))
    .map((framework) => ({ framework, name })),
)
const isUnknown = (name: string) => ![...names, ...FRAMEWORKS].some((known) => known === name)
if (positionals.some(isUnknown) || pairs.length === 0) {
  console.error(`npm run soak -- [${FRAMEWORKS.join(' ')}] [${names.join(' ')}]`)
  process.exit(2)
}
const interrupt = new AbortController()
process.once('SIGINT', () => interrupt.abort())
process.once('SIGTERM', () => interrupt.abort())

function chosen<Name extends string>(all: readonly Name[], otherwise: readonly Name[]) {
  const some = all.filter((name) => positionals.includes(name))
  return some.length > 0 ? some : otherwise
}

/** Both sides at the same time, so that they meet the same weather. */
async function soak(framework: Framework, name: RoadName) {
  const asked: Record<string, () => Progress> = {}
  const signal = AbortSignal.any([interrupt.signal, AbortSignal.timeout(LIMIT_MS)])
  const plan = (isWithUs: boolean): RollingPlan => ({
    framework,
    road: ROADS[name],
    isWithUs,
    restarts: Number(values.restarts),
    requests: Number(values.requests),
    signal,
    onStart(soFar) {
      asked[isWithUs ? 'with us' : 'without'] = soFar
    },
  })
  const telling = setInterval(() => {
    const sides = Object.entries(asked).map(([side, soFar]) => `${side} ${tell(soFar())}`)
    progress(`${framework} behind ${name}: ${sides.join('; ')}`)
  }, TELL_MS)
  try {
    return await Promise.all([roll(plan(true)), roll(plan(false))])
  } finally {
    clearInterval(telling)
  }
}

const began = performance.now()

function progress(text: string): void {
  const line = `${Math.round((performance.now() - began) / 1000)} s  ${text}`
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line}`)
  else process.stderr.write(`${line}\n`)
}

function tell({ requests, exits, failed }: Progress): string {
  return `${count(requests)} requests, ${exits.length} restarts, ${count(failed)} failed`
}

/** By its clients and by the router's log. */
function isLossless({ requests, failed, routed }: RollingResult): boolean {
  const { answered, unlogged } = routed
  const isLogged = answered <= requests && answered + unlogged >= requests
  return failed === 0 && routed.failed.length === 0 && isLogged
}

function row(cells: readonly (string | number)[]): string {
  const widths = [15, 9, 9, 10, 10, 10, 10, 8, 8]
  return cells.map((cell, at) => String(cell).padEnd(widths[at] ?? 0)).join('')
}

function show(name: RoadName, framework: Framework, side: string, result: RollingResult): void {
  const { requests, exits, failed, failures, routed } = result
  const killed = exits.filter((exit) => exit === 'killed').length
  const figures = [
    count(requests),
    count(routed.answered),
    count(routed.unlogged),
    exits.length,
    count(failed),
    killed,
    list(failures),
  ]
  console.log(row([name, framework, side, ...figures]))
  const logged = new Map<string, number>()
  for (const how of routed.failed) logged.set(how, (logged.get(how) ?? 0) + 1)
  if (logged.size > 0) console.log(`  in its log: ${list(logged)}`)
}

function list(times: ReadonlyMap<string, number>): string {
  return [...times].map(([what, count]) => `${count} × ${what}`).join(', ')
}

function count(n: number): string {
  return n.toLocaleString('en-US')
}

async function main(): Promise<boolean> {
  console.log(
    `${INTRO}\n${row(['', '', '', 'requests', 'logged', 'unlogged', 'restarts', 'failed', 'killed', 'how'])}`,
  )
  let isKept = true
  for (const { framework, name } of pairs) {
    const [withUs, without] = await soak(framework, name)
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K')
    show(name, framework, 'without', without)
    show(name, framework, 'with us', withUs)
    isKept &&= isLossless(withUs)
  }
  return isKept
}

try {
  const isKept = await main()
  console.log(isKept ? '\nWith us: nothing lost.' : '\nWith us: NOT as promised.')
  process.exitCode = isKept ? 0 : 1
} catch (error) {
  if (!interrupt.signal.aborted) console.error(error)
  process.exitCode = interrupt.signal.aborted ? 130 : 1
}
