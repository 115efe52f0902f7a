import { LOAD_CPU, SERVER_CPU, startWorker, type Worker } from './process.ts'
import { quantileOf, type Spread, spreadOf } from './ratios.ts'
import type { Listening, Spent } from './servers/measured.ts'
import type { Hits, Shot } from './tools/shot.ts'

/** A server, in a process of its own. */
export interface Contestant {
  readonly name: string
  readonly script: string
  readonly args: readonly string[]
}

/** How much is run. */
export interface Plan {
  /** Times that every server process is started anew: two processes of the same code differ. */
  readonly lives: number
  /** Times that the load goes round the servers in one life. */
  readonly rounds: number
  /** In one shot. A number, not a time: compilers and caches then stand alike on all sides. */
  readonly requests: number
  readonly warmUpRequests: number
  /**
   * `'tenth'`: of each life's rounds the best but for a tenth count, as one. What else the machine does only
   * ever slows a round. Default: each round counts.
   */
  readonly counts?: 'tenth'
}

/** No connection may be without a request. */
const FEWEST = 10

/** A small part of it, to see whether it runs. */
export function quick(plan: Plan): Plan {
  const { requests, warmUpRequests, counts } = plan
  const few = (count: number) => Math.min(count, Math.max(FEWEST, Math.round(count / 20)))
  return {
    lives: 1,
    rounds: 2,
    requests: few(requests),
    warmUpRequests: few(warmUpRequests),
    ...(counts && { counts }),
  }
}

/** What is asked of every server. */
export type Task = Omit<Shot, 'url' | 'requests'> & { readonly path: string }

/** One load on one server. */
export interface Sample {
  readonly life: number
  readonly round: number
  readonly contestant: string
  readonly requestsPerSecond: number
  /** Per second of processor time of the server process: what a noisy machine changes least. */
  readonly requestsPerCpuSecond: number
}

type Rate = 'requestsPerSecond' | 'requestsPerCpuSecond'

/** Ratios to the first server of the same rounds: what slows the machine slows both. */
export interface Ratios {
  readonly contestant: string
  readonly perSecond: Spread
  readonly perCpuSecond: Spread
}

/** Runs these servers side by side, interleaved round by round. */
export async function measure(
  task: Task,
  contestants: readonly Contestant[],
  plan: Plan,
  progress: (text: string) => void,
): Promise<Sample[]> {
  const load = startWorker('./load.ts', [], LOAD_CPU)
  await load.ready
  const samples: Sample[] = []
  for (let life = 0; life < plan.lives; life++) {
    progress(`life ${life + 1} of ${plan.lives}`)
    const rounds = await liveOnce(task, contestants, plan, load, life)
    samples.push(...(plan.counts === 'tenth' ? bestTenths(rounds) : rounds))
  }
  await load.end()
  return samples
}

/** One sample for each server. */
function bestTenths(rounds: readonly Sample[]): Sample[] {
  return rounds
    .filter(({ round }) => round === 0)
    .map((first) => {
      const own = rounds.filter(({ contestant }) => contestant === first.contestant)
      const best = (key: Rate) =>
        quantileOf(
          own.map((sample) => sample[key]),
          0.9,
        )
      return {
        ...first,
        requestsPerSecond: best('requestsPerSecond'),
        requestsPerCpuSecond: best('requestsPerCpuSecond'),
      }
    })
}

export function ratiosOf(
  samples: readonly Sample[],
  [base, ...others]: readonly Contestant[],
): Ratios[] {
  return others.map(({ name }) => {
    const pairs = samples
      .filter(({ contestant }) => contestant === name)
      .map((sample) => ({ sample, bare: pairOf(samples, sample, base?.name) }))
    const ratio = (key: Rate) => spreadOf(pairs.map(({ sample, bare }) => sample[key] / bare[key]))
    return {
      contestant: name,
      perSecond: ratio('requestsPerSecond'),
      perCpuSecond: ratio('requestsPerCpuSecond'),
    }
  })
}

function pairOf(samples: readonly Sample[], { life, round }: Sample, base?: string): Sample {
  const pair = samples.find(
    (sample) => sample.contestant === base && sample.life === life && sample.round === round,
  )
  if (pair === undefined) throw new Error(`life ${life}, round ${round}: nothing of ${base}`)
  return pair
}

/** One that listens. */
export interface Server {
  readonly name: string
  readonly worker: Worker
  readonly origin: string
}

async function liveOnce(
  task: Task,
  contestants: readonly Contestant[],
  plan: Plan,
  load: Worker,
  life: number,
): Promise<Sample[]> {
  const servers = await Promise.all(contestants.map(startServer))
  for (const server of servers) await shoot(server, load, task, plan.warmUpRequests)
  const samples: Sample[] = []
  for (let round = 0; round < plan.rounds; round++) {
    for (const server of rotated(servers, round + life)) {
      const figures = await shoot(server, load, task, plan.requests)
      samples.push({ life, round, contestant: server.name, ...figures })
    }
  }
  await Promise.all(servers.map(({ worker }) => worker.end()))
  return samples
}

export async function startServer({ name, script, args }: Contestant): Promise<Server> {
  const worker = startWorker(script, args, SERVER_CPU)
  const { port } = (await worker.ready) as Listening
  return { name, worker, origin: `http://127.0.0.1:${port}` }
}

async function shoot({ worker, origin }: Server, load: Worker, task: Task, requests: number) {
  const before = await worker.ask<Spent>({ question: 'spent' })
  const { path, ...how } = task
  const shot: Shot = { ...how, url: `${origin}${path}`, requests }
  const hits = await load.ask<Hits>(shot)
  const after = await worker.ask<Spent>({ question: 'spent' })
  return {
    requestsPerSecond: hits.requests / hits.seconds,
    requestsPerCpuSecond: (hits.requests * 1e6) / (after.cpuUs - before.cpuUs),
  }
}

/** Nobody comes first in every round. */
export function rotated<T>(items: readonly T[], by: number): T[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}
