import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { renderMarkdown, type Table } from '../table.ts'
import { type Verdict, verdictTable } from '../verdict.ts'
import { renderChart } from './chart.ts'
import { chartsOf, curvesOf, type Results } from './charts.ts'
import { renderCurves } from './curves.ts'

/*
 * `npm run bench:publish [file …]`: what `npm run bench` has written becomes the charts and tables of
 * docs/performance.md, and is kept beside the charts. Where no file is named it is the last run; of several
 * the last one that has a group gives its figures.
 */

interface Published extends Results {
  readonly cpu: string
  readonly cpus: number
  readonly kernel: string
  readonly isPinned: boolean
  readonly versions: Readonly<Record<string, string>>
  readonly groups: readonly (Results['groups'][number] & {
    readonly seconds: number
    readonly tables: readonly Table[]
    readonly verdicts: readonly Verdict[]
  })[]
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const results = merge(process.argv.slice(2))
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

function merge(named: readonly string[]): Published {
  const files = named.length > 0 ? named : [lastRun()]
  const runs = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Published)
  const groups = new Map(runs.flatMap((run) => run.groups.map((group) => [group.name, group])))
  const last = runs.at(-1)
  if (last === undefined) throw new Error('run `npm run bench` first')
  return { ...last, groups: [...groups.values()] }
}

function lastRun(): string {
  const folder = `${root}bench-results`
  const newest = readdirSync(folder).toSorted().at(-1)
  if (newest === undefined) throw new Error('run `npm run bench` first')
  return `${folder}/${newest}`
}

/** Puts each table between its pair of marks: `<!-- bench: name -->` and `<!-- /bench -->`. */
function fill(text: string): string {
  return text.replaceAll(
    /(<!-- bench: ([\w, ]+) -->\n)[\s\S]*?(<!-- \/bench -->)/g,
    (whole: string, begin: string, name: string, end: string) => {
      const part = partOf(name)
      return part === undefined ? whole : `${begin}\n${part}\n\n${end}`
    },
  )
}

/** A group that the run has left out stays as it was. */
function partOf(name: string): string | undefined {
  if (name === 'machine') return machine(results)
  if (name === 'promises')
    return renderMarkdown(verdictTable(results.groups.flatMap(({ verdicts }) => verdicts)))
  const tables = results.groups.find((group) => group.name === name)?.tables
  return tables?.map((table) => `${sentence(table.title)}\n\n${renderMarkdown(table)}`).join('\n\n')
}

function sentence(title: string): string {
  return `${title.charAt(0).toUpperCase()}${title.slice(1)}:`
}

function machine(run: Published): string {
  const seconds = run.groups.reduce((sum, group) => sum + group.seconds, 0)
  const versions = Object.entries(run.versions).map(([name, version]) => `${name} ${version}`)
  return [
    `Measured on ${run.date.slice(0, 10)} by \`npm run bench\`, in ${seconds} s: ${run.cpu}, ${run.cpus} processors`,
    `(${run.isPinned ? 'servers on one, load on the other' : 'shared by servers and load'}), Linux ${run.kernel}, Node ${run.node.slice(1)}, ${versions.join(', ')}.`,
  ].join('\n')
}
