import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { againstBare } from './against-bare.ts'
import { HELLO, HELLO_BY_WRK, LARGE, PAGE, POST, RAW_SPACED, SPACED, STREAM } from './courses.ts'
import { DOWNLOAD } from './download.ts'
import { DRAIN } from './drain.ts'
import { type Found, type Group, HOSTS } from './group.ts'
import { GROWTH } from './growth.ts'
import { GUARD } from './guard.ts'
import { HTTP2 } from './http2.ts'
import { machine } from './machine.ts'
import { MEMORY } from './memory.ts'
import { isPinned, killAll } from './process.ts'
import { buildPrograms } from './programs.ts'
import { SIGNALS } from './signals.ts'
import { SYSTEM_CALLS } from './system-calls.ts'
import { renderText } from './table.ts'
import { verdictTable } from './verdict.ts'

const GROUPS: readonly Group[] = [
  againstBare('hello', [HELLO, HELLO_BY_WRK]),
  againstBare('page', [PAGE, SPACED, RAW_SPACED]),
  DRAIN,
  MEMORY,
  SIGNALS,
  againstBare('post', [POST]),
  GROWTH,
  againstBare('body', [LARGE, STREAM]),
  DOWNLOAD,
  HTTP2,
  SYSTEM_CALLS,
]

const root = fileURLToPath(new URL('../../', import.meta.url))
const began = performance.now()

process.on('SIGINT', () => stop(130))
process.on('SIGTERM', () => stop(143))

function stop(code: number): never {
  killAll()
  process.exit(code)
}

const isQuick = process.argv.includes('--quick')
const asked = process.argv.slice(2).filter((word) => word !== '--quick')
const groups = asked.includes(GUARD.name) ? [GUARD] : pick(GROUPS, ({ name }) => name)
const hosts = pick(HOSTS, (host) => host)

/** Those that were asked for by name; all of them where none was. */
function pick<T>(all: readonly T[], nameOf: (one: T) => string): readonly T[] {
  const picked = all.filter((one) => asked.includes(nameOf(one)))
  return picked.length > 0 ? picked : all
}

function seconds(): number {
  return Math.round((performance.now() - began) / 1000)
}

function progress(text: string): void {
  const line = `${seconds()} s  ${text}`
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line}`)
  else process.stderr.write(`${line}\n`)
}

function show(text: string): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K')
  console.log(text)
}

async function main(): Promise<void> {
  const known = [...[...GROUPS, GUARD].map(({ name }) => name), ...HOSTS]
  const unknown = asked.filter((word) => !known.includes(word))
  if (unknown.length > 0)
    throw new Error(`no group or host is called ${unknown}. There are: ${known.join(', ')}`)

  progress('builds the packages')
  await buildPrograms()
  const date = new Date().toISOString()
  const where = machine()
  show(`Node ${where.node}, ${where.cpu}, ${where.cpus} processors`)
  if (!isPinned) show('No taskset or no second processor: server and load share them all.')

  const file = `${root}bench-results/${date.replaceAll(':', '-')}.json`
  mkdirSync(`${root}bench-results`, { recursive: true })
  const found: (Found & { readonly name: string; readonly seconds: number })[] = []
  for (const group of groups) {
    const started = seconds()
    const result = await group.run({ hosts, isQuick, progress })
    for (const table of result.tables) show(renderText(table))
    found.push({ name: group.name, seconds: seconds() - started, ...result })
    const isWhole = !isQuick && hosts === HOSTS && found.length === GROUPS.length
    const content = { date, ...where, isWhole, seconds: seconds(), groups: found }
    writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`)
  }

  const verdicts = found.flatMap((group) => group.verdicts)
  if (verdicts.length > 0) show(renderText(verdictTable(verdicts)))
  show(`\n${seconds()} s, ${file}`)
}

try {
  await main()
} catch (error) {
  console.error(error)
  stop(1)
}
