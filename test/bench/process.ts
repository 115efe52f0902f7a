import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { programOf } from './programs.ts'

/** Whether servers and load can be kept on processors of their own. */
export const isPinned = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0

export const SERVER_CPU = 0
export const LOAD_CPU = 1

const running = new Set<ChildProcess>()

/** A process of the benchmark, which takes messages and answers each with one. */
export interface Worker {
  ask<Answer>(message: object): Promise<Answer>
  readonly pid: number
  /** The first thing it says by itself. */
  readonly ready: Promise<unknown>
  /** SIGTERM. Milliseconds until it has ended; `undefined` where it had to be killed after `limitMs`. */
  terminate(limitMs: number): Promise<number | undefined>
  end(): Promise<void>
}

export function startWorker(script: string, args: readonly string[], cpu: number): Worker {
  const node = [process.execPath, programOf(script), ...args]
  const [command = '', ...rest] = isPinned ? ['taskset', '-c', String(cpu), ...node] : node
  const child = spawn(command, rest, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  running.add(child)
  const closed = once(child, 'close').then(() => running.delete(child))
  const ended = closed.then(() =>
    Promise.reject(new Error(`${script} ${args.join(' ')} has ended`)),
  )
  ended.catch(() => {})

  async function hear(): Promise<unknown> {
    const [message] = await Promise.race([once(child, 'message'), ended])
    return message
  }

  return {
    pid: child.pid ?? 0,
    ready: hear(),
    async ask<Answer>(message: object) {
      const answer = hear()
      child.send(message)
      return (await answer) as Answer
    },
    async terminate(limitMs) {
      const began = performance.now()
      child.kill('SIGTERM')
      let isKilled = false
      const timer = setTimeout(() => {
        isKilled = child.kill('SIGKILL')
      }, limitMs)
      await closed
      clearTimeout(timer)
      return isKilled ? undefined : performance.now() - began
    },
    async end() {
      child.kill('SIGKILL')
      await closed
    },
  }
}

/** For a run that is cut short. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}
