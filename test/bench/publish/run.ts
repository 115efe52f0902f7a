import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { renderMarkdown, type Table } from '../table.ts'
import { type Verdict, verdictTable } from '../verdict.ts'
import { renderChart } from './chart.ts'
import { chartsOf, curvesOf, type Results } from './charts.ts'
import { renderCurves } from './curves.ts'

/*
 * `npm run bench:publish [file]`: what `npm run bench` has written becomes the charts and tables of
 * docs/performance.md, and is kept beside the charts. Where no file is named it is the last whole run: figures
 * of several runs, or of a part of one, are not published.
 */

interface Published extends Results {
  /** All groups, on all frameworks, and not `--quick`. */
  readonly isWhole: boolean
  readonly seconds: number
  readonly cpu: string
  readonly cpus: number
  readonly kernel: string
  readonly isPinned: boolean
  readonly versions: Readonly<Record<string, string>>
  readonly groups: readonly (Results['groups'][number] & {
    readonly tables: readonly Table[]
    readonly verdicts: readonly Verdict[]
  })[]
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const results = wholeRun(process.argv[2])
const images = `${root}docs/images`
const page = `${root}docs/performance.md`

writeFileSync(`${images}/bench.json`, `${JSON.stringify(results, rounded)}\n`)
for (const [name, chart] of chartsOf(results))
  writeFileSync(`${images}/${name}.svg`, renderChart(chart))
for (const [name, curves] of curvesOf(results))
  writeFileSync(`${images}/${name}.svg`, renderCurves(curves))
writeFileSync(page, fill(readFileSync(page, 'utf8')))
execFileSync(`${root}node_modules/.bin/biome`, ['format', '--write', page], { stdio: 'inherit' })

/** Five digits say all that there is to say. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value
}

function wholeRun(named: string | undefined): Published {
  const files = named === undefined ? lastRuns() : [named]
  for (const file of files) {
    const run: Published = JSON.parse(readFileSync(file, 'utf8'))
    if (run.isWhole) return run
  }
  throw new Error(`${named ?? 'none in bench-results'} is not a whole run: run \`npm run bench\``)
}

function lastRuns(): string[] {
  const folder = `${root}bench-results/`
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .toSorted()
    .toReversed()
    .map((name) => `${folder}${name}`)
}

/** Puts each table between its pair of marks: `<!-- bench: name -->` and `<!-- /bench -->`. */
function fill(text: string): string {
  return text.replaceAll(
    /(<!-- bench: ([\w, ]+) -->\n)[\s\S]*?(<!-- \/bench -->)/g,
    (_whole, begin: string, name: string, end: string) => `${begin}\n${partOf(name)}\n\n${end}`,
  )
}

function partOf(name: string): string {
  if (name === 'machine') return machine(results)
  if (name === 'promises')
    return renderMarkdown(verdictTable(results.groups.flatMap(({ verdicts }) => verdicts)))
  const group = results.groups.find((one) => one.name === name)
  if (group === undefined) throw new Error(`${page} asks for ${name}, which no group is called`)
  return group.tables
    .map((table) => `${sentence(table.title)}\n\n${renderMarkdown(table)}`)
    .join('\n\n')
}

function sentence(title: string): string {
  return `${title.charAt(0).toUpperCase()}${title.slice(1)}:`
}

function machine(run: Published): string {
  const versions = Object.entries(run.versions).map(([name, version]) => `${name} ${version}`)
  return [
    `Measured on ${run.date.slice(0, 10)} by \`npm run bench\`, in ${run.seconds} s: ${run.cpu}, ${run.cpus} processors`,
    `(${run.isPinned ? 'servers on one, load on the other' : 'shared by servers and load'}), Linux ${run.kernel}, Node ${run.node.slice(1)}, ${versions.join(', ')}.`,
  ].join('\n')
}
