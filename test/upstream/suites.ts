import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleAdapter } from './bundle.ts'
import type { Framework } from './framework.ts'

/** What one test of a framework's own suite said. */
export interface Verdict {
  readonly file: string
  /** Its own name, without those of the suites that it is in. */
  readonly title: string
  readonly isPassed: boolean
  readonly said: string
}

/** By file and name; a name that comes twice is numbered. */
export type Verdicts = ReadonlyMap<string, Verdict>

interface Line extends Verdict {
  readonly name: string
}

/** One test, by its file and title. */
type Only = Pick<Verdict, 'file' | 'title'>

interface Suite {
  /** The arguments of `node` that run it, or one test of it, in the checkout, and write the results to this file. */
  args(checkout: string, results: string, only?: Only): string[]
  read(text: string): Line[]
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const suites: Readonly<Record<Framework, Suite>> = {
  express: {
    args: (checkout, results, only) => [
      join(checkout, 'node_modules/mocha/bin/mocha.js'),
      ...['--require', 'test/support/env', '--check-leaks', '--exit'],
      ...['--reporter', 'json', '--reporter-option', `output=${results}`],
      ...(only === undefined ? ['test/', 'test/acceptance/'] : ['--fgrep', only.title, only.file]),
    ],
    read: (text) => JSON.parse(text).tests.map(ofMocha),
  },
  koa: nodeTest('__tests__'),
  fastify: nodeTest('test'),
}

function nodeTest(folder: string): Suite {
  return {
    args: (checkout, results, only) => [
      '--test',
      '--test-force-exit',
      '--test-timeout=20000',
      `--test-concurrency=${availableParallelism()}`,
      `--test-reporter=${here('reporter.mjs')}`,
      `--test-reporter-destination=${results}`,
      ...(only === undefined
        ? testFiles(join(checkout, folder))
        : [`--test-name-pattern=/^${only.title.replaceAll(/[^\w ]/g, '.')}$/`, only.file]),
    ],
    read: (text) =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
  }
}

interface MochaTest {
  readonly fullTitle: string
  readonly file: string
  readonly pending?: boolean
  readonly err: { readonly message?: string; readonly stack?: string }
}

function ofMocha({ fullTitle, file, err }: MochaTest): Line {
  const isPassed = err.message === undefined
  return { file, name: fullTitle, title: fullTitle, isPassed, said: err.stack ?? err.message ?? '' }
}

/** Runs a framework's own suite in a checkout of it, with the adapter mounted first or as it is. */
export async function runSuite(
  framework: Framework,
  checkout: string,
  isMounted: boolean,
  only?: Only,
): Promise<Verdicts> {
  const folder = mkdtempSync(join(tmpdir(), 'hangup-upstream-'))
  const results = join(folder, 'results')
  const { args, read } = suites[framework]
  const env = { ...process.env }
  try {
    if (isMounted) {
      env.HANGUP_ADAPTER = await bundleAdapter(framework, checkout, folder)
      env.NODE_OPTIONS = `--require ${here(`mount/${framework}.cjs`)}`
    }
    const child = spawn(process.execPath, args(checkout, results, only), {
      cwd: checkout,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    await once(child, 'close')
    return byName(read(readFileSync(results, 'utf8')), checkout)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function byName(lines: readonly Line[], checkout: string): Verdicts {
  const verdicts = new Map<string, Verdict>()
  for (const { name, ...verdict } of lines) {
    const key = `${relative(checkout, verdict.file)}: ${name.replaceAll(checkout, '')}`
    let free = key
    for (let count = 2; verdicts.has(free); count++) free = `${key} (${count})`
    verdicts.set(free, verdict)
  }
  return verdicts
}

function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.test\.[cm]?js$/.test(name))
    .map((name) => join(folder, name))
    .toSorted()
}
