import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { waitFor } from '../support/wait-for.ts'

/** One of `docs/examples`, as its reader runs it: a process of its own. */
export interface Example {
  readonly url: string
  /** Where it finds `os.tmpdir()`. */
  readonly folder: string
  /** Resolves with what the pattern matched on stdout, from where the last `seen` ended. */
  seen(pattern: RegExp): Promise<RegExpMatchArray>
  send(signal: NodeJS.Signals): void
  /** SIGTERM. */
  stop(): void
  /** How it ended, and all that it said. */
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>
  /** For the end of a row, failed or not: nothing is left, running or lying about. */
  clear(): Promise<void>
}

/** A process starts in half a second, and in fifty times that where many others want the processor too. */
export const STEP_MS = 30_000

const root = fileURLToPath(new URL('../../', import.meta.url))

export async function startExample(name: string): Promise<Example> {
  const file = `docs/examples/${name}.ts`
  const folder = await mkdtemp(join(tmpdir(), 'hangup-example-'))
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production', PORT: '0', TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = listen(child)
  const seen = (pattern: RegExp) =>
    waitFor(`${file} to say ${pattern}`, said.match(pattern), STEP_MS)
  const clear = async () => {
    child.kill('SIGKILL')
    await rm(folder, { recursive: true })
  }
  try {
    const [url] = await seen(/^http:\S+/m)
    return {
      url,
      folder,
      seen,
      send: (signal) => void child.kill(signal),
      stop: () => void child.kill('SIGTERM'),
      ended: said.ended,
      clear,
    }
  } catch (error) {
    await clear()
    throw new Error(`${(error as Error).message}; it said ${JSON.stringify(await said.ended)}`)
  }
}

function listen(child: ChildProcess) {
  let stdout = ''
  let stderr = ''
  let read = 0
  let look = () => {}
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk
    look()
  })
  child.stderr?.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk
  })
  return {
    match: (pattern: RegExp) =>
      new Promise<RegExpMatchArray>((resolve) => {
        look = () => {
          const match = stdout.slice(read).match(pattern)
          if (match?.index === undefined) return
          read += match.index + match[0].length
          look = () => {}
          resolve(match)
        }
        look()
      }),
    ended: once(child, 'close').then(([code]) => ({ code, stdout, stderr })),
  }
}

export interface Ask {
  readonly path: string
  readonly body?: string
  readonly type?: string
}

/** A request on a connection of its own, and the way to leave before it is answered. */
export function ask(url: string, { path, body, type }: Ask) {
  const request = http.request(`${url}${path}`, {
    agent: false,
    method: body === undefined ? 'GET' : 'POST',
    headers: type === undefined ? {} : { 'content-type': type },
  })
  request.end(body)
  const begun = once(request, 'response')
  const reply = begun.then(async ([response]) => ({
    status: Number(response.statusCode),
    text: await text(response),
  }))
  reply.catch(() => {})
  return {
    sent: once(request, 'finish'),
    /** The head of the reply has come. */
    begun,
    reply,
    leave: () => void request.destroy(),
  }
}
