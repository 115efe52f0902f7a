import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { ServerEvent } from './servers/tell.ts'

export type Framework = 'node' | 'express' | 'koa' | 'fastify'
export type Side = 'without' | 'with'

/** A server of the demonstration, in a process of its own, and what has been counted of it so far. */
export interface ServerProcess {
  readonly port: number
  readonly locksTaken: number
  readonly locksHeld: number
  /** Signals that aborted, of clients that left and of clients that stayed. */
  readonly aborted: Readonly<Record<'leaves' | 'stays', number>>
  /** What it has written to stdout and stderr. */
  readonly errorLines: readonly string[]
  /** Resolves once this holds; rejects when the process ends first, or after `timeoutMs`. */
  until(what: string, holds: () => boolean, timeoutMs?: number): Promise<void>
  /** Sends SIGTERM, and SIGKILL to a process that is still there after `patienceMs`. */
  terminate(patienceMs: number): Promise<number | 'killed'>
  /** For the end of a run that was cut short. */
  kill(): void
}

export async function startServer(framework: Framework, side: Side): Promise<ServerProcess> {
  const child = spawnServer(framework, side)
  const aborted = { leaves: 0, stays: 0 }
  const errorLines: string[] = []
  const onChange = new Set<() => void>()
  const ended = once(child, 'close')
  let port = 0
  let locksTaken = 0
  let locksHeld = 0

  function count(message: ServerEvent): void {
    if (message.event === 'listening') port = message.port
    else if (message.event === 'aborted') aborted[message.client]++
    else {
      if (message.event === 'locked') locksTaken++
      locksHeld += message.event === 'locked' ? 1 : -1
    }
    for (const look of onChange) look()
  }

  eachLine(child.stdio[3], (line) => count(JSON.parse(line)))
  eachLine(child.stdout, (line) => errorLines.push(line))
  eachLine(child.stderr, (line) => errorLines.push(line))

  function until(what: string, holds: () => boolean, timeoutMs = 10_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(giveUp, timeoutMs, `not within ${timeoutMs} ms`)
      child.once('close', ended)
      onChange.add(look)
      look()

      function look(): void {
        if (!holds()) return
        stop()
        resolve()
      }
      function ended(code: number | null): void {
        giveUp(`the process has ended with ${code}`)
      }
      function giveUp(why: string): void {
        stop()
        const told = errorLines.slice(0, 5).join('\n')
        reject(new Error(`${framework} ${side} us: waited for ${what}: ${why}\n${told}`))
      }
      function stop(): void {
        clearTimeout(timer)
        child.off('close', ended)
        onChange.delete(look)
      }
    })
  }

  try {
    await until('a port', () => port !== 0, 30_000)
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }

  return {
    port,
    get locksTaken() {
      return locksTaken
    },
    get locksHeld() {
      return locksHeld
    },
    aborted,
    errorLines,
    until,
    async terminate(patienceMs) {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      await ended
      clearTimeout(timer)
      return child.exitCode ?? 'killed'
    },
    kill() {
      child.kill('SIGKILL')
    },
  }
}

function spawnServer(framework: Framework, side: Side): ChildProcess {
  const file = fileURLToPath(new URL(`./servers/${framework}.ts`, import.meta.url))
  return spawn(process.execPath, [...process.execArgv, file, side], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    // As in production: with `test` Express would keep its errors to itself.
    env: { ...process.env, NODE_ENV: 'production' },
    // A Ctrl-C is for the demonstration alone, which then ends its servers.
    detached: true,
  })
}

function eachLine(from: unknown, take: (line: string) => void): void {
  if (!(from instanceof Readable)) throw new Error('a server process without its pipes')
  createInterface({ input: from }).on('line', (line) => {
    if (line.trim() !== '') take(line)
  })
}
