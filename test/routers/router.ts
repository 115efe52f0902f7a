import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pause } from '../support/pause.ts'
import { waitFor } from '../support/wait-for.ts'
import { HOST } from './address.ts'
import type { Sides } from './recipe.ts'

/** A router in front of the processes of an application. */
export interface Router {
  readonly port: number
  /** What its clients speak to it. */
  readonly speaks: Sides['clients']
  /** Resolves when it has found both processes of the application up, if it asks them at all. */
  foundAll(): Promise<void>
  /** How many lines it has kept out of its log by its own account. */
  unlogged(): Promise<number>
  /** Ends it, once its connections are over: what it has logged of each request. */
  end(): Promise<readonly LogEntry[]>
  /** For the end of a row, failed or not. */
  kill(): Promise<void>
}

/** A line of a router's own log. */
export interface LogEntry {
  readonly method: string
  readonly path: string
  readonly status: number
  /** What else it says, each router in its own words. */
  readonly how: string
}

export interface RouterSetup extends Pick<Router, 'speaks'> {
  readonly name: string
  readonly program: string
  /** Its configuration, given the folder that it may write to. */
  config(folder: string): string
  /** Its arguments, given its configuration's file: it stays in the foreground. */
  args(file: string, folder: string): string[]
  /** What else is in that folder: names and contents. */
  readonly files: readonly (readonly [string, string])[]
  /** Which signal lets it finish what it has begun. */
  readonly endSignal: NodeJS.Signals
  /** For one that asks the application how it is: whether both of its processes are up. */
  hasFoundAll?(folder: string): Promise<boolean>
  /** For one that does not write every line: asks it how many it has left out. */
  unlogged?(folder: string): Promise<number>
}

const START_MS = 10_000
const END_MS = 10_000

/** Starts a router that logs to `access.log` in its folder, or to its stdout, which goes there too. */
export async function startRouter(setup: RouterSetup, port: number): Promise<Router> {
  const folder = await mkdtemp(join(tmpdir(), `hangup-${setup.name}-`))
  const file = join(folder, `${setup.name}.conf`)
  const logFile = join(folder, 'access.log')
  for (const [name, content] of setup.files) await writeFile(join(folder, name), content)
  await writeFile(file, setup.config(folder))
  const log = await open(logFile, 'a')
  const child = spawn(setup.program, setup.args(file, folder), {
    stdio: ['ignore', log.fd, 'pipe'],
  })
  await log.close()
  const said: string[] = []
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => said.push(chunk))
  const ended = once(child, 'close')

  async function kill(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }

  try {
    await waitFor(`${setup.name} to listen`, accepts(child, port), START_MS)
  } catch (error) {
    await kill()
    throw new Error(`${(error as Error).message}\n${said.join('')}`)
  }
  return {
    port,
    speaks: setup.speaks,
    async foundAll() {
      const { name, hasFoundAll } = setup
      if (hasFoundAll === undefined) return
      await waitFor(
        `${name} to find the application`,
        poll(() => hasFoundAll(folder)),
        START_MS,
      )
    },
    unlogged: async () => setup.unlogged?.(folder) ?? 0,
    async end() {
      child.kill(setup.endSignal)
      await waitFor(`${setup.name} to end`, ended, END_MS)
      const lines = (await readFile(logFile, 'utf8')).split('\n')
      return lines.filter((line) => line.startsWith('request ')).map(parse)
    },
    kill,
  }
}

/** Nobody tells when another program listens: it is tried. */
function accepts(child: ChildProcess, port: number): Promise<void> {
  return poll(async () => {
    if (child.exitCode !== null) throw new Error(`it has ended with ${child.exitCode}`)
    const socket = connect(port, HOST)
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    return isOpen
  })
}

async function poll(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(20)
}

/** `request METHOD PATH STATUS HOW…` */
function parse(line: string): LogEntry {
  const [, method = '', path = '', status = '', ...how] = line.split(' ')
  return { method, path, status: Number(status), how: how.join(' ') }
}
