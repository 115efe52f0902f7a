import { LOAD_CPU, SERVER_CPU, startWorker } from '../process.ts'
import type { Listening } from '../servers/measured.ts'
import type { Knocked, Order } from './idle-clients.ts'
import { LIBRARIES, type Library } from './libraries.ts'

/** Idle connections, and the servers that are closed with so many. */
export const COUNTS = [
  { connections: 0, lives: 2 },
  { connections: 100, lives: 2 },
  { connections: 10_000, lives: 1 },
] as const

/** A server that has not ended by then is killed. */
export const IDLE_LIMIT_MS = 6_000

/** A server with idle keep-alive connections that got SIGTERM. */
export interface Idle extends Knocked {
  readonly library: Library
  readonly connections: number
  /** Until the process has ended; `undefined` where it had to be killed. */
  readonly ms: number | undefined
}

/** Promises D15, P3 and P4: how long idle connections take to close, and what is lost on them meanwhile. */
export async function measureIdle(
  lives: number,
  progress: (text: string) => void,
): Promise<Idle[]> {
  const measured: Idle[] = []
  for (const { connections, lives: most } of COUNTS) {
    for (let life = 0; life < Math.min(lives, most); life++) {
      for (const library of LIBRARIES) {
        progress(`${library}: ${connections} idle connections, life ${life + 1}`)
        measured.push(await closeIdle(library, connections))
      }
    }
  }
  return measured
}

async function closeIdle(library: Library, connections: number): Promise<Idle> {
  const server = startWorker('./drain/servers/peers.ts', [library, 'idle'], SERVER_CPU)
  const clients = startWorker('./drain/idle-clients.ts', [], LOAD_CPU)
  const { port } = (await server.ready) as Listening
  await clients.ready
  await clients.ask({ port, connections } satisfies Order)
  const knocked = clients.ask<Knocked>({ knock: true } satisfies Order)
  const ms = await server.terminate(IDLE_LIMIT_MS)
  const tally = await knocked
  await clients.end()
  return { library, connections, ...tally, ms }
}
