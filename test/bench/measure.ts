import type { Hits, Shot } from './load.ts'
import { startWorker, type Worker } from './process.ts'
import type { Listening, Spent } from './servers/measured.ts'
import type { Course, Host, Variant } from './variants.ts'

/** How much is run. */
export interface Plan {
  /** Times that every server process is started anew: two processes of the same code differ. */
  readonly lives: number
  /** Times that the load goes round the variants in one life. */
  readonly rounds: number
  /** In one shot. A number, not a time: compilers and caches then stand alike on all sides. */
  readonly requests: number
  readonly warmUpRequests: number
}

/** One load on one server. */
export interface Sample {
  readonly life: number
  readonly round: number
  readonly variant: Variant
  readonly requestsPerSecond: number
  /** Per second of processor time of the server process: what a noisy machine does not change. */
  readonly requestsPerCpuSecond: number
}

const SERVER_CPU = 0
const LOAD_CPU = 1

/** Runs the variants of this host side by side, interleaved round by round. */
export async function measure(
  host: Host,
  course: Course,
  plan: Plan,
  progress: (text: string) => void,
): Promise<Sample[]> {
  const load = startWorker('./load.ts', [], LOAD_CPU)
  await load.ready
  const variants: readonly Variant[] = ['without', ...course.variants]
  const samples: Sample[] = []
  for (let life = 0; life < plan.lives; life++) {
    progress(`${host}, ${course.name}: life ${life + 1} of ${plan.lives}`)
    samples.push(...(await liveOnce(host, course, plan, variants, load, life)))
  }
  await load.end()
  return samples
}

async function liveOnce(
  host: Host,
  course: Course,
  plan: Plan,
  variants: readonly Variant[],
  load: Worker,
  life: number,
): Promise<Sample[]> {
  const servers = await Promise.all(variants.map((variant) => startServer(host, course, variant)))
  for (const server of servers) await shoot(server, load, course, plan.warmUpRequests)
  const samples: Sample[] = []
  for (let round = 0; round < plan.rounds; round++) {
    for (const server of rotated(servers, round + life)) {
      const figures = await shoot(server, load, course, plan.requests)
      samples.push({ life, round, variant: server.variant, ...figures })
    }
  }
  await Promise.all(servers.map(({ worker }) => worker.end()))
  return samples
}

interface Server {
  readonly variant: Variant
  readonly worker: Worker
  readonly url: string
}

async function startServer(host: Host, course: Course, variant: Variant): Promise<Server> {
  const worker = startWorker(`./servers/${host}.ts`, [variant], SERVER_CPU)
  const { port } = (await worker.ready) as Listening
  return { variant, worker, url: `http://127.0.0.1:${port}${course.path}` }
}

async function shoot({ worker, url }: Server, load: Worker, course: Course, requests: number) {
  const before = await worker.ask<Spent>({})
  const shot: Shot = { url, connections: course.connections, requests }
  const hits = await load.ask<Hits>(shot)
  const after = await worker.ask<Spent>({})
  return {
    requestsPerSecond: Math.round(requests / hits.seconds),
    requestsPerCpuSecond: Math.round((requests * 1e6) / (after.cpuUs - before.cpuUs)),
  }
}

/** Nobody comes first in every round. */
function rotated<T>(items: readonly T[], by: number): T[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}
