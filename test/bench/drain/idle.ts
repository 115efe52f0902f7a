import { startWorker } from '../process.ts'
import type { Listening } from '../servers/measured.ts'
import type { Closed, Weight } from './servers/idle.ts'

const SERVER_CPU = 0
const LOAD_CPU = 1
/** What `idleGraceMs` is by default: the time for which idle connections are kept on purpose. */
export const IDLE_GRACE_MS = 1_000
export const COUNTS = [0, 100, 10_000] as const

/** One server of bare Node with so many idle connections, closed. */
export interface Idle {
  readonly isWithUs: boolean
  readonly connections: number
  /** Heap and external memory for each connection. */
  readonly bytesEach: number
  /** A drain, or `close()` with `closeAllConnections()`, until the last connection has closed. */
  readonly ms: number
}

/** Promises D15 and P4: what idle connections weigh, and how long they take to close. */
export async function measureIdle(
  lives: number,
  progress: (text: string) => void,
): Promise<Idle[]> {
  const measured: Idle[] = []
  for (let life = 0; life < lives; life++) {
    for (const connections of COUNTS) {
      progress(`${connections} idle connections, life ${life + 1} of ${lives}`)
      for (const isWithUs of life % 2 === 0 ? [false, true] : [true, false])
        measured.push(await closeWith(isWithUs, connections))
    }
  }
  return measured
}

async function closeWith(isWithUs: boolean, connections: number): Promise<Idle> {
  const variant = isWithUs ? 'with' : 'without'
  const server = startWorker('./drain/servers/idle.ts', [variant], SERVER_CPU)
  const clients = startWorker('./drain/clients.ts', [], LOAD_CPU)
  const { port } = (await server.ready) as Listening
  await clients.ready
  await clients.ask({ port, count: Math.min(connections, 1) }) // What the first one brings is no connection's.
  const before = await server.ask<Weight>({ question: 'weigh' })
  await clients.ask({ port, count: connections - Math.min(connections, 1) })
  const after = await server.ask<Weight>({ question: 'weigh' })
  const { ms } = await server.ask<Closed>({ question: 'close' })
  await Promise.all([server.end(), clients.end()])
  return {
    isWithUs,
    connections,
    bytesEach: (after.bytes - before.bytes) / Math.max(1, connections - 1),
    ms,
  }
}
