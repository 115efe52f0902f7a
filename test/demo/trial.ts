import { setTimeout } from 'node:timers/promises'
import { startDownload } from './clients/download.ts'
import { abandoned } from './clients/leaving.ts'
import { getSlowly, postHealthy, postInLoop } from './clients/staying.ts'
import { createTally } from './clients/tally.ts'
import type { ServerProcess } from './server-process.ts'

const LEAVING_EACH = 10
const HEALTHY = 100
const LOOPS = 24
const SLOW = 10
const DOWNLOADS = 2

/** Time in which a signal that aborts has no client to blame. */
const BEFORE_LEAVING_MS = 100
/** Time for a server to take note that a client has left. */
const NOTICE_MS = 500
/** How long loops run before the server is told to go. */
const WARM_UP_MS = 700
/** Time for slow requests to reach their handlers. */
const SLOW_BEGUN_MS = 200
/** After this a load balancer has taken the server out, whatever its connections say. */
const STOP_LOOPS_MS = 2_000
/** When slow readers read on. */
const READ_ON_MS = 500
/** What an orchestrator waits before it kills; theirs is longer, and so is their work. */
const PATIENCE_MS = 8_000

/** What was counted of one server. */
export interface Figures {
  readonly left: number
  readonly locksTaken: number
  readonly locksHeld: number
  readonly signalsRaised: number
  /** Signals of clients that had not left, or not yet. */
  readonly falseAborts: number
  readonly allRequests: number
  readonly errorLines: number
  readonly requests: number
  readonly lost: number
  readonly exit: number | 'killed'
  /** Why requests were lost, and how often. */
  readonly losses: ReadonlyMap<string, number>
}

/** Told what happens from now on, as a function that says how far it has got. */
export type Step = (now: () => string) => void

/** Puts one server through it all. */
export async function runTrial(server: ServerProcess, step: Step): Promise<Figures> {
  step(() => `clients leave: ${server.locksTaken} locks taken, ${server.locksHeld} held`)
  const { left, early, healthy } = await letClientsLeave(server)
  const { locksTaken, locksHeld } = server
  const { tally, exit } = await terminateUnderLoad(server, step)
  return {
    left,
    locksTaken,
    locksHeld,
    signalsRaised: server.aborted.leaves - early,
    falseAborts: server.aborted.stays + early,
    allRequests: left + healthy + tally.requests,
    errorLines: server.errorLines.length,
    requests: tally.requests,
    lost: tally.lost,
    exit,
    losses: tally.losses,
  }
}

/** GETs and POSTs whose clients leave while they are worked on, and uploads reset half-way. */
async function letClientsLeave(server: ServerProcess) {
  const { port } = server
  const healthy = createTally()
  const clients = await Promise.all([
    ...times(LEAVING_EACH, () => abandoned.get(port, 'closes')),
    ...times(LEAVING_EACH, () => abandoned.get(port, 'resets')),
    ...times(LEAVING_EACH, () => abandoned.post(port, 'closes')),
    ...times(LEAVING_EACH, () => abandoned.post(port, 'resets')),
    ...times(LEAVING_EACH, () => abandoned.upload(port, 'closes')),
    ...times(LEAVING_EACH, () => abandoned.upload(port, 'resets')),
  ])
  await server.until('every handler to begin', () => server.locksTaken === clients.length)
  await setTimeout(BEFORE_LEAVING_MS)
  const early = server.aborted.leaves
  const bait = postHealthy(port, healthy, HEALTHY)
  for (const client of clients) client.leave()
  await Promise.all([bait, setTimeout(NOTICE_MS)])
  return { left: clients.length, early, healthy: healthy.requests }
}

/** SIGTERM, while requests run in loops, slow ones are worked on and big answers are being read. */
async function terminateUnderLoad(server: ServerProcess, step: Step) {
  const { port } = server
  const tally = createTally()
  const stop = new AbortController()
  const counts = () => `${tally.requests} requests, ${tally.lost} lost`
  step(() => `under load: ${counts()}`)
  const loops = times(LOOPS, () => postInLoop(port, tally, stop.signal))
  const downloads = times(DOWNLOADS, () => startDownload(port, tally))
  await Promise.all([setTimeout(WARM_UP_MS), ...downloads.map(({ begun }) => begun)])
  const slow = times(SLOW, () => getSlowly(port, tally))
  await setTimeout(SLOW_BEGUN_MS)

  step(() => `SIGTERM under load: ${counts()}`)
  const exited = server.terminate(PATIENCE_MS)
  await setTimeout(READ_ON_MS)
  const rest = downloads.map((download) => download.finish())
  await Promise.race([Promise.all(loops), setTimeout(STOP_LOOPS_MS - READ_ON_MS)])
  stop.abort()
  await Promise.all([...loops, ...slow, ...rest])
  return { tally, exit: await exited }
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make)
}

/** Whether these are the figures that we promise. */
export function isAsPromised(figures: Figures): boolean {
  return (
    figures.locksHeld === 0 &&
    figures.signalsRaised === figures.left &&
    figures.falseAborts === 0 &&
    figures.errorLines === 0 &&
    figures.lost === 0 &&
    figures.exit === 0
  )
}
