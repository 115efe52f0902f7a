import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { contestantsOf } from './against-bare.ts'
import type { Group, Host } from './group.ts'
import { LOAD_CPU, SERVER_CPU, startWorker, type Worker } from './process.ts'
import type { Listening } from './servers/measured.ts'
import type { Hits, Shot } from './tools/shot.ts'
import { VARIANT_NAMES, type Variant } from './variants.ts'

const PATHS = ['/', '/page', '/spaced', '/large'] as const
const REQUESTS = 100
const WRITES = 'write,writev,sendto,sendmsg'
const TITLE = 'write system calls a response, by strace'

interface Count {
  readonly host: Host
  readonly variant: Variant
  readonly path: string
  readonly writes: number
}

/** What reaches the kernel: each of these calls is a packet, or some. */
export const SYSTEM_CALLS: Group = {
  name: 'syscalls',
  async run({ hosts, progress }) {
    const complaint = await whyNot()
    if (complaint !== undefined) {
      const rows = [[`not measured: ${complaint}`]]
      return { tables: [{ title: TITLE, columns: [''], rows }], verdicts: [], data: undefined }
    }
    const counts: Count[] = []
    for (const host of hosts) {
      progress(`${host}: write system calls`)
      counts.push(...(await countWrites(host)))
    }
    const rows = hosts.flatMap((host) =>
      (['without', 'with'] as const).map((variant) => {
        const own = counts.filter((count) => count.host === host && count.variant === variant)
        return [host, VARIANT_NAMES[variant], ...own.map(({ writes }) => writes.toFixed(2))]
      }),
    )
    const columns = ['', '', 'hello', '100 writes in one turn', '100 spaced writes', '1 MiB']
    return { tables: [{ title: TITLE, columns, rows }], verdicts: [], data: counts }
  },
}

/** Whether it is there, and may look into a process of ours. */
async function whyNot(): Promise<string | undefined> {
  if (spawnSync('strace', ['-V']).error !== undefined) return 'strace is not installed'
  const { child, attached } = trace(process.pid)
  const isAttached = await attached
  child.kill('SIGINT')
  return isAttached ? undefined : 'strace may not attach to a process here'
}

async function countWrites(host: Host): Promise<Count[]> {
  const load = startWorker('./load.ts', [], LOAD_CPU)
  await load.ready
  const counts: Count[] = []
  for (const { name, script, args } of contestantsOf(host, ['without', 'with'])) {
    const server = startWorker(script, args, SERVER_CPU)
    const { port } = (await server.ready) as Listening
    for (const path of PATHS) {
      const url = `http://127.0.0.1:${port}${path}`
      const writes = (await writesOf(server, load, url)) / REQUESTS
      counts.push({ host, variant: name as Variant, path, writes })
    }
    await server.end()
  }
  await load.end()
  return counts
}

async function writesOf(server: Worker, load: Worker, url: string): Promise<number> {
  const shot: Shot = { url, connections: 1, requests: REQUESTS }
  await load.ask<Hits>(shot)
  const { child, output, attached } = trace(server.pid)
  if (!(await attached)) throw new Error('strace does not attach')
  await load.ask<Hits>(shot)
  const ended = once(child, 'close')
  child.kill('SIGINT')
  await ended
  return callsIn(await output)
}

interface Trace {
  readonly child: ChildProcess
  readonly output: Promise<string>
  /** Whether it has attached, or ended without. */
  readonly attached: Promise<boolean>
}

/** Of the main thread alone, which is the one that writes to sockets. */
function trace(pid: number): Trace {
  const args = ['-e', `trace=${WRITES}`, '-p', String(pid)]
  const child = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const attached = new Promise<boolean>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => {
      if (chunk.includes('attached')) resolve(true)
    })
    child.on('close', () => resolve(false))
  })
  return { child, output: text(child.stderr), attached }
}

/** Those that carry HTTP, not what the process says to the one that asks it. */
function callsIn(output: string): number {
  return output.split('\n').filter((line) => /^(write|writev|sendto|sendmsg)\(/.test(line)).length
}
