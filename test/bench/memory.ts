import { contestantsOf } from './against-bare.ts'
import type { Made } from './connections.ts'
import { type Group, HOSTS, type Host } from './group.ts'
import type { Contestant } from './measure.ts'
import { LOAD_CPU, SERVER_CPU, startWorker } from './process.ts'
import { type Spread, spreadOf } from './ratios.ts'
import type { Listening } from './servers/measured.ts'
import type { Weight } from './servers/weigh.ts'
import type { Hits, Shot } from './tools/shot.ts'
import { VARIANT_NAMES, type Variant } from './variants.ts'
import type { Verdict } from './verdict.ts'

/** Something of which a server holds, or has held, many. */
interface Load {
  readonly name: string
  readonly count: number
  readonly hosts: readonly Host[]
  readonly variants: readonly Exclude<Variant, 'without'>[]
  readonly lives: number
  readonly weigh: (contestant: Contestant, count: number) => Promise<Weight>
  readonly bound?: { readonly promise: string; readonly variant: Variant; readonly atMost: number }
}

const LOADS: readonly Load[] = [
  {
    name: 'idle connections',
    count: 5_000,
    hosts: HOSTS,
    variants: ['with'],
    lives: 3,
    weigh: (contestant, count) => weighConnections(contestant, '/', count),
    bound: { promise: 'P4', variant: 'with', atMost: 300 },
  },
  {
    name: 'requests in flight',
    count: 5_000,
    hosts: ['node', 'fastify'],
    variants: ['with', 'touched'],
    lives: 2,
    weigh: (contestant, count) => weighConnections(contestant, '/hold', count),
  },
  {
    name: 'requests that are over',
    count: 100_000,
    hosts: ['node', 'fastify'],
    variants: ['touched'],
    lives: 1,
    weigh: weighRequests,
    bound: { promise: 'A9', variant: 'touched', atMost: 50 },
  },
]

/** Caches and compiled code come first; they are no request's. */
const WARM_UP_SHARE = 5

/** Bytes for each of the load, above those of the same server without us. */
interface Line {
  readonly host: Host
  readonly load: string
  readonly count: number
  readonly variant: Variant
  readonly heap: Spread
  readonly rss: Spread
}

/** P4 and A9: what connections, requests in flight, and requests long over leave in memory. */
export const MEMORY: Group = {
  name: 'memory',
  async run({ hosts, isQuick, progress }) {
    const lines: Line[] = []
    for (const load of LOADS) {
      for (const host of hosts.filter((one) => load.hosts.includes(one))) {
        progress(`memory, ${host}: ${load.count} ${load.name}`)
        lines.push(
          ...(await linesOf(host, isQuick ? { ...load, lives: 1, count: load.count / 20 } : load)),
        )
      }
    }
    const table = {
      title: 'Bytes for each, above the same server without us (median, middle half of the lives)',
      columns: ['', '', '', 'heap', 'resident'],
      rows: lines.map(({ host, load, count, variant, heap, rss }) => {
        const name = `${count.toLocaleString('en')} ${load}`
        return [name, host, VARIANT_NAMES[variant], inBytes(heap), inBytes(rss)]
      }),
    }
    return {
      tables: [table],
      verdicts: LOADS.flatMap((load) => verdictOf(load, lines)),
      data: lines,
    }
  },
}

async function linesOf(host: Host, load: Load): Promise<Line[]> {
  const contestants = contestantsOf(host, ['without', ...load.variants])
  const lives: Weight[][] = []
  for (let life = 0; life < load.lives; life++) {
    const weights: Weight[] = []
    for (const contestant of contestants) weights.push(await load.weigh(contestant, load.count))
    lives.push(weights)
  }
  return load.variants.map((variant, at) => {
    const above = (key: 'heap' | 'rss') =>
      spreadOf(lives.map((weights) => (weights[at + 1]?.[key] ?? 0) - (weights[0]?.[key] ?? 0)))
    const { name, count } = load
    return { host, load: name, count, variant, heap: above('heap'), rss: above('rss') }
  })
}

/** Each has had one answer, or waits for it. */
async function weighConnections(
  { script, args }: Contestant,
  path: string,
  count: number,
): Promise<Weight> {
  const server = startWorker(script, [...args, 'idle'], SERVER_CPU)
  const clients = startWorker('./connections.ts', [], LOAD_CPU)
  const { port } = (await server.ready) as Listening
  await clients.ready
  await clients.ask<Made>({ port, path, count: 100 }) // What the first ones bring is no connection's.
  const before = await server.ask<Weight>({ question: 'weight' })
  await clients.ask<Made>({ port, path, count })
  const after = await server.ask<Weight>({ question: 'weight' })
  await Promise.all([server.end(), clients.end()])
  return each(before, after, count)
}

async function weighRequests({ script, args }: Contestant, requests: number): Promise<Weight> {
  const server = startWorker(script, args, SERVER_CPU)
  const load = startWorker('./load.ts', [], LOAD_CPU)
  const { port } = (await server.ready) as Listening
  await load.ready
  const shot: Shot = { url: `http://127.0.0.1:${port}/`, connections: 50, requests }
  await load.ask<Hits>({ ...shot, requests: requests / WARM_UP_SHARE })
  const before = await server.ask<Weight>({ question: 'weight' })
  await load.ask<Hits>(shot)
  const after = await server.ask<Weight>({ question: 'weight' })
  await Promise.all([server.end(), load.end()])
  return each(before, after, requests)
}

function each(before: Weight, after: Weight, count: number): Weight {
  return { heap: (after.heap - before.heap) / count, rss: (after.rss - before.rss) / count }
}

function inBytes(spread: Spread): string {
  const { median, low, high } = spread
  return `${median.toFixed(0)} (${low.toFixed(0)} to ${high.toFixed(0)})`
}

function verdictOf({ name, bound }: Load, lines: readonly Line[]): Verdict[] {
  if (bound === undefined) return []
  const { promise, variant, atMost } = bound
  const own = lines.filter((line) => line.load === name && line.variant === variant)
  if (own.length === 0) return []
  return [
    {
      promise,
      bound: `${name}: at most ${atMost} bytes each above bare`,
      measured: own.map(({ host, heap }) => `${host} ${heap.median.toFixed(0)}`).join(', '),
      isKept: own.every(({ heap }) => heap.median <= atMost),
    },
  ]
}
