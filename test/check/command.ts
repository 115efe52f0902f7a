import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { CheckResult, ScenarioResult } from '@hangup/check'
import { freePort } from './free-port.ts'

const cli = fileURLToPath(new URL('../../packages/check/src/cli.ts', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `hangup-check` with these words. */
export async function hangupCheck(...words: string[]): Promise<Ran> {
  const child = startCheck(...words)
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, stdout, stderr }
}

export function startCheck(...words: string[]) {
  return spawn(process.execPath, ['--import', 'tsx', cli, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // As in production: with `test` Express would keep its errors to itself.
    env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
  }) satisfies ChildProcess
}

/** Runs it against one of `servers`, and reads what it wrote. */
export async function checkServer({
  scheme = 'http',
  server,
  options = [],
}: Checked): Promise<Ran & { result: CheckResult; scenario(name: string): ScenarioResult }> {
  const folder = await mkdtemp(join(tmpdir(), 'hangup-check-'))
  const file = join(folder, 'result.json')
  const url = `${scheme}://127.0.0.1:${await freePort()}/work`
  const ran = await hangupCheck(
    '--url',
    url,
    '--json',
    file,
    '--upload-path',
    '/upload',
    '--start-ms',
    '60000', // Servers start slowly on a busy machine.
    ...options,
    '--',
    ...server,
  )
  try {
    const result: CheckResult = JSON.parse(await readFile(file, 'utf8'))
    return {
      ...ran,
      result,
      scenario(name) {
        const found = result.scenarios.find((scenario) => scenario.name === name)
        if (found === undefined) throw new Error(`no scenario ${name} in ${ran.stdout}`)
        return found
      },
    }
  } catch (cause) {
    throw new Error(`no result\n${ran.stdout}${ran.stderr}`, { cause })
  } finally {
    await rm(folder, { recursive: true })
  }
}

export interface Checked {
  readonly scheme?: 'http' | 'https'
  readonly server: readonly string[]
  readonly options?: readonly string[]
}

/** The words that start one of `servers`. */
export function nodeServer(name: string, ...words: string[]): string[] {
  const file = fileURLToPath(new URL(`servers/${name}.ts`, import.meta.url))
  return [process.execPath, '--import', 'tsx', file, ...words]
}
