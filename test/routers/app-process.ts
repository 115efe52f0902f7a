import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { HangupOptions } from '@hangup/core'
import { certificate } from '../hosts/certificate.ts'
import { waitFor } from '../support/wait-for.ts'
import { HOST } from './address.ts'
import type { Given, Speaks } from './servers/given.ts'

export type Framework = 'node' | 'express' | 'koa' | 'fastify'
export const FRAMEWORKS: readonly Framework[] = ['node', 'express', 'koa', 'fastify']

export interface AppGiven {
  readonly framework: Framework
  /** Default: plain HTTP/1. */
  readonly speaks?: Speaks
  readonly port: number
  readonly isWithUs: boolean
  readonly options?: HangupOptions
}

/** One process of the application. */
export interface AppProcess {
  /** Resolves with what belongs to this word, the next time that it is told and not yet taken. */
  told(word: string, ms?: number): Promise<string>
  /** Whether it has not told this word, but for what was taken. */
  untold(word: string): boolean
  /** All that it wrote to stderr. */
  readonly errors: string
  /** SIGTERM, and SIGKILL where it is still there after this time. Resolves with how it ended. */
  terminate(patienceMs: number): Promise<number | 'killed'>
  kill(): void
}

const START_MS = 20_000

export async function startApp(given: AppGiven): Promise<AppProcess> {
  const { framework, speaks = 'http', port, isWithUs, options = {} } = given
  const file = fileURLToPath(new URL(`servers/${framework}.ts`, import.meta.url))
  const arg = JSON.stringify({
    host: HOST,
    port,
    speaks,
    certificate: await certificate(),
    isWithUs,
    options,
  } satisfies Given)
  const child = spawn(process.execPath, ['--import', 'tsx', file, arg], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const closed = new Promise<number | 'killed'>((resolve) =>
    child.once('close', (code) => resolve(code ?? 'killed')),
  )
  const ended = closed.then((code) =>
    Promise.reject(new Error(`${framework} has ended with ${code}\n${errors}`)),
  )
  ended.catch(() => {})
  const words = new EventEmitter()
  const untaken: [word: string, what: string][] = []
  let errors = ''

  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    errors += chunk
  })
  createInterface(child.stdout).on('line', (line) => {
    const [word = '', ...what] = line.split(' ')
    untaken.push([word, what.join(' ')])
    words.emit('told')
  })

  async function take(word: string): Promise<string> {
    for (;;) {
      const index = untaken.findIndex(([other]) => other === word)
      if (index !== -1) return untaken.splice(index, 1)[0]?.[1] ?? ''
      await Promise.race([once(words, 'told'), ended])
    }
  }

  const app: AppProcess = {
    told: (word, ms) => waitFor(`"${word}" of ${framework}`, take(word), ms),
    untold: (word) => untaken.every(([other]) => other !== word),
    get errors() {
      return errors
    },
    async terminate(patienceMs) {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      const code = await closed
      clearTimeout(timer)
      return code
    },
    kill: () => void child.kill('SIGKILL'),
  }
  try {
    await app.told('listening', START_MS)
  } catch (error) {
    app.kill()
    throw error
  }
  return app
}
