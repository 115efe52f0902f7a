import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createLatch, type Latch } from '../support/latch.ts'
import { waitFor } from '../support/wait-for.ts'

/** A process of its own that runs one of `fixtures`, and says on stdout what happens in it. */
export interface Child {
  /** Resolves with what the fixture told with this word, which may have been long ago. */
  told(word: string): Promise<string>
  /** Every line so far, stderr's too. */
  readonly lines: readonly string[]
  send(signal: NodeJS.Signals): void
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  kill(): void
}

/** Of this checkout: who fills tsx's folder in it looks through all that is there, and ends no sooner. */
const TMPDIR = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url))

/**
 * `given` reaches the fixture as JSON, by `given()` of `fixtures/tell.ts`; `fd`, a descriptor of this
 * process, as descriptor 3.
 */
export function startChild(fixture: string, given: object = {}, fd?: number): Child {
  const file = fileURLToPath(new URL(`fixtures/${fixture}.ts`, import.meta.url))
  const args = ['--import', 'tsx', file, JSON.stringify(given)]
  mkdirSync(TMPDIR, { recursive: true })
  const child = spawn(process.execPath, args, {
    env: { ...process.env, TMPDIR },
    stdio: ['ignore', 'pipe', 'pipe', fd ?? 'ignore'],
  })
  const { stdout, stderr } = child
  if (stdout === null || stderr === null) throw new Error('both were to be pipes')
  const lines: string[] = []
  const words = new Map<string, Latch<string>>()

  function latchOf(word: string): Latch<string> {
    const latch = words.get(word) ?? createLatch<string>()
    words.set(word, latch)
    return latch
  }

  createInterface(stdout).on('line', (line) => {
    lines.push(line)
    const [word = '', ...rest] = line.split(' ')
    latchOf(word).open(rest.join(' '))
  })
  createInterface(stderr).on('line', (line) => lines.push(line))

  const ended = new Promise<Awaited<Child['ended']>>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  )
  return {
    lines,
    told: (word) => waitFor(`"${word}" of ${fixture}`, latchOf(word).opened, 30_000),
    send: (signal) => void child.kill(signal),
    ended,
    kill: () => void child.kill('SIGKILL'),
  }
}
