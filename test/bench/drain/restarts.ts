import { connectHttp1 } from '../../conformance/client.ts'
import { pause } from '../../support/pause.ts'
import { createRelay } from '../../support/relay.ts'
import { SERVER_CPU, startWorker } from '../process.ts'
import type { Listening } from '../servers/measured.ts'
import { LIBRARIES, type Library } from './libraries.ts'

/** Clients that never retry, each with one connection that it keeps. */
const LOOPS = 60

const WARM_MS = 400
export const ROUND_TRIPS_MS = [0, 10] as const
/** A server that has not ended by then is killed, and what it had in flight is lost. */
export const LIMIT_MS = 6_000

/** What became of the requests of one restart. */
export interface Restart {
  readonly library: Library
  readonly roundTripMs: number
  readonly answered: number
  /** Connections refused: nothing was sent on them, and the successor took them. */
  readonly refused: number
  /** Requests that were sent and not answered in full. */
  readonly lost: number
  /** From SIGTERM to the end of the process; `undefined` where it had to be killed. */
  readonly ms: number | undefined
}

/** Promise P3: the same loops of POST through a restart by each library, turn about. */
export async function measureRestarts(
  lives: number,
  progress: (text: string) => void,
): Promise<Restart[]> {
  const restarts: Restart[] = []
  for (let life = 0; life < lives; life++) {
    for (const roundTripMs of ROUND_TRIPS_MS) {
      for (const library of LIBRARIES) {
        progress(`restarts: ${library}, ${roundTripMs} ms, life ${life + 1} of ${lives}`)
        restarts.push(await restart(library, roundTripMs))
      }
    }
  }
  return restarts
}

async function restart(library: Library, roundTripMs: number): Promise<Restart> {
  const [before, after] = [startServer(library), startServer(library)]
  const ports = [await before.port, await after.port]
  // A relay would take a client in for a server that refuses it, so it is told where to go.
  const relay = roundTripMs > 0 ? await createRelay(await before.port, roundTripMs) : undefined
  const tally = { answered: 0, refused: 0, lost: 0 }
  const stop = new AbortController()
  const targets = relay === undefined ? ports : [relay.port]
  const loops = Array.from({ length: LOOPS }, (_, loop) =>
    postInALoop(targets, tally, loop % 20, stop.signal),
  )
  await pause(WARM_MS)
  if (relay !== undefined) relay.target = await after.port
  const ms = await before.worker.terminate(LIMIT_MS)
  await pause(100)
  stop.abort()
  await Promise.all(loops)
  relay?.close()
  await after.worker.end()
  return { library, roundTripMs, ...tally, ms }
}

function startServer(library: Library) {
  const worker = startWorker('./drain/servers/peers.ts', [library], SERVER_CPU)
  return { worker, port: worker.ready.then((listening) => (listening as Listening).port) }
}

/** A pool of one: uses its connection until it is told or sees that it closes, then makes another. */
async function postInALoop(
  [port = 0, ...others]: readonly number[],
  tally: { answered: number; refused: number; lost: number },
  thinkMs: number,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    const client = await connectHttp1({ port, tls: false }).catch(() => undefined)
    if (client === undefined) {
      tally.refused++
      return postInALoop(others, tally, thinkMs, stop)
    }
    let isOpen = true
    void client.ended.then(() => {
      isOpen = false
    })
    while (isOpen && !stop.aborted) {
      const headers = { 'content-type': 'text/plain' }
      const { status, ending, ...reply } = await client.request({ headers, body: 'one more' }).reply
      tally[status === 200 && ending === 'complete' ? 'answered' : 'lost']++
      if (reply.headers.connection === 'close') break
      await pause(thinkMs)
    }
    client.fin()
  }
}
