import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Stderr } from './result.ts'

/** The user's command, started once, in a process group of its own. */
export interface Service {
  /** What it has said on stderr since this was last asked. */
  takeStderr(): Stderr
  /** How it ended, once it has. */
  readonly end: End | undefined
  /** Never rejects. */
  readonly ended: Promise<End>
  /** Asks the process to stop, and not its children: as `docker stop` does. */
  terminate(): void
  /** Lets all of it stand still, or go on: as on a machine that is busy with something else. */
  stall(isStalled: boolean): void
  /** Ends all of it at once, and resolves when it is gone. Done as well when this process exits. */
  destroy(): Promise<void>
}

export interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The command could not be started. */
  readonly error?: Error
}

const FIRST_LINES = 8
const LINE_LENGTH = 200

export function startService(command: readonly string[], env: NodeJS.ProcessEnv): Service {
  const [file = '', ...args] = command
  const child = spawn(file, args, { env, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  const takeStderr = collectLines(child.stderr)
  let end: End | undefined

  const ended = new Promise<End>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    child.once('error', (error) => resolve({ code: null, signal: null, error }))
  }).then((how) => {
    end = how
    return how
  })
  process.once('exit', destroyGroup)

  function signalGroup(signal: NodeJS.Signals): void {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, signal)
    } catch {
      // Nobody is left of it.
    }
  }

  function destroyGroup(): void {
    signalGroup('SIGKILL')
  }

  return {
    takeStderr,
    ended,
    get end() {
      return end
    },
    terminate() {
      child.kill('SIGTERM')
    },
    stall(isStalled) {
      signalGroup(isStalled ? 'SIGSTOP' : 'SIGCONT')
    },
    async destroy() {
      destroyGroup()
      await ended
      await closed(child)
      process.off('exit', destroyGroup)
    },
  }
}

/** All that it said on stderr has been read, unless somebody else holds the pipe. */
async function closed(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.stderr?.closed !== false) return
  const PATIENCE_MS = 500
  await once(child.stderr, 'close', { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => {})
  child.stderr.destroy()
}

function collectLines(stream: Readable | null): () => Stderr {
  let first: string[] = []
  let lines = 0
  if (stream !== null) {
    createInterface(stream).on('line', (line) => {
      if (line.trim() === '') return
      lines++
      if (first.length < FIRST_LINES) first.push(line.slice(0, LINE_LENGTH))
    })
  }
  return () => {
    const taken = { lines, first }
    first = []
    lines = 0
    return taken
  }
}
