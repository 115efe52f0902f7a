import type { Made, Order } from './connections.ts'
import type { Group } from './group.ts'
import { LOAD_CPU, SERVER_CPU, startWorker, type Worker } from './process.ts'
import { medianOf } from './ratios.ts'
import type { DrainCost, Grown, Kind } from './servers/growth.ts'
import type { Listening, Spent } from './servers/measured.ts'
import type { Table } from './table.ts'
import type { Hits, Shot } from './tools/shot.ts'

/** Both ends of a connection are open files, and a process may often have no more of them than this. */
const MOST_CONNECTIONS = 19_000
const ROUNDS = 7

const KINDS = [
  { kind: 'idle connections', counts: [10, 1_900, MOST_CONNECTIONS] },
  { kind: 'requests in flight', counts: [10, 1_900, MOST_CONNECTIONS] },
  { kind: 'pipelined requests', counts: [10, 2_000, 20_000] },
  { kind: 'shields', counts: [10, 2_000, 20_000] },
  { kind: 'clean-up functions', counts: [10, 200, 2_000] },
  { kind: 'servers', counts: [1, 20, 200] },
] as const satisfies readonly { readonly kind: Kind; readonly counts: readonly number[] }[]

const CROWDS = [10, 100, 1_000, 10_000, MOST_CONNECTIONS] as const
const HELLOS = 1_000

/** Processor time of the server for a drain with so many. */
interface Drained {
  readonly kind: Kind
  readonly count: number
  readonly cpuMs: number
}

/** Processor time of the server for a "hello" among so many others. */
export interface Crowded {
  readonly isWithUs: boolean
  readonly others: 'idle connections' | 'requests in flight'
  readonly count: number
  readonly cpuUs: number
}

/** How cost grows: a drain's is to be linear at worst, a request's is not to depend on the others. */
export const GROWTH: Group = {
  name: 'growth',
  async run({ isQuick, progress }) {
    const drained: Drained[] = []
    for (const { kind, counts } of KINDS) {
      for (const count of isQuick ? counts.slice(0, 2) : counts) {
        progress(`growth: a drain of ${count} ${kind}`)
        drained.push({ kind, count, cpuMs: await drainWith(kind, count) })
      }
    }
    const crowded: Crowded[] = []
    for (const others of ['idle connections', 'requests in flight'] as const) {
      progress(`growth: hello among ${others}`)
      crowded.push(...(await helloAmong(others, isQuick ? CROWDS.slice(0, 3) : CROWDS)))
    }
    return {
      tables: [drainTable(drained), crowdTable(crowded)],
      verdicts: [],
      data: { drained, crowded },
    }
  },
}

async function drainWith(kind: Kind, count: number): Promise<number> {
  const server = startWorker('./servers/growth.ts', ['with'], SERVER_CPU)
  const { port } = (await server.ready) as Listening
  const isMade = kind === 'shields' || kind === 'clean-up functions' || kind === 'servers'
  if (isMade) await server.ask<Grown>({ question: 'grow', kind, count })
  const clients = isMade ? undefined : await crowd(orderFor(kind, count, port))
  const inFlight = kind === 'requests in flight' || kind === 'pipelined requests' ? count : 0
  const { cpuMs } = await server.ask<DrainCost>({ question: 'drain', inFlight })
  await Promise.all([server.end(), clients?.end()])
  return cpuMs
}

function orderFor(kind: Kind, count: number, port: number): Order {
  if (kind === 'pipelined requests') return { port, path: '/hold', count: 1, depth: count }
  return { port, path: kind === 'idle connections' ? '/' : '/hold', count }
}

async function crowd(order: Order): Promise<Worker> {
  const clients = startWorker('./connections.ts', [], LOAD_CPU)
  await clients.ready
  await clients.ask<Made>(order)
  return clients
}

/** A server among the connections of a process of its own. */
interface Site {
  readonly isWithUs: boolean
  readonly port: number
  readonly server: Worker
  readonly clients: Worker
}

/** With us and without, turn about. */
async function helloAmong(
  others: Crowded['others'],
  counts: readonly number[],
): Promise<Crowded[]> {
  const load = startWorker('./load.ts', [], LOAD_CPU)
  await load.ready
  const sites = [await settle(false), await settle(true)]
  for (const site of sites) await costOf(site, load, HELLOS * 10)
  const crowded: Crowded[] = []
  let made = 0
  for (const count of counts) {
    const path = others === 'idle connections' ? '/' : '/hold'
    for (const { port, clients } of sites)
      await clients.ask<Made>({ port, path, count: count - made } satisfies Order)
    made = count
    const costs = new Map(sites.map((site) => [site, [] as number[]]))
    for (let round = 0; round < ROUNDS; round++)
      for (const [site, own] of costs) own.push(await costOf(site, load, HELLOS))
    for (const [{ isWithUs }, own] of costs)
      crowded.push({ isWithUs, others, count, cpuUs: medianOf(own) })
  }
  await Promise.all([
    ...sites.flatMap(({ server, clients }) => [server.end(), clients.end()]),
    load.end(),
  ])
  return crowded
}

async function settle(isWithUs: boolean): Promise<Site> {
  const server = startWorker('./servers/growth.ts', [isWithUs ? 'with' : 'without'], SERVER_CPU)
  const clients = startWorker('./connections.ts', [], LOAD_CPU)
  const { port } = (await server.ready) as Listening
  await clients.ready
  return { isWithUs, port, server, clients }
}

/** Microseconds of the server's processor time for each. */
async function costOf({ server, port }: Site, load: Worker, requests: number): Promise<number> {
  const shot: Shot = { url: `http://127.0.0.1:${port}/`, connections: 20, requests }
  const before = await server.ask<Spent>({ question: 'spent' })
  await load.ask<Hits>(shot)
  const after = await server.ask<Spent>({ question: 'spent' })
  return (after.cpuUs - before.cpuUs) / requests
}

function drainTable(drained: readonly Drained[]): Table {
  return {
    title: "A drain's processor time: what ten times as many cost, and each of the most",
    columns: ['', 'of', 'ten times as many cost', 'microseconds each'],
    rows: KINDS.flatMap(({ kind }) => {
      const [few, some, most] = drained.filter((one) => one.kind === kind)
      if (few === undefined || some === undefined || most === undefined) return []
      const [above, farAbove] = [some.cpuMs - few.cpuMs, most.cpuMs - few.cpuMs]
      const each = (farAbove * 1_000) / (most.count - few.count)
      const times = farAbove / Math.max(above, 1)
      return [[kind, most.count.toLocaleString('en'), `${times.toFixed(1)} times`, each.toFixed(1)]]
    }),
  }
}

function crowdTable(crowded: readonly Crowded[]): Table {
  const of = (others: Crowded['others'], isWithUs: boolean, count: number) =>
    crowded.find((c) => c.others === others && c.isWithUs === isWithUs && c.count === count)
      ?.cpuUs ?? Number.NaN
  const counts = [...new Set(crowded.map(({ count }) => count))]
  const rows = (['idle connections', 'requests in flight'] as const).flatMap((others) =>
    counts.map((count) => {
      const [bare, ours] = [of(others, false, count), of(others, true, count)]
      const [bareAlone, alone] = [of(others, false, 10), of(others, true, 10)]
      return [
        `${count.toLocaleString('en')} ${others}`,
        (ours / alone).toFixed(2),
        (bare / bareAlone).toFixed(2),
        (ours / bare).toFixed(2),
      ]
    }),
  )
  return {
    title: "The server's processor time for a hello among others",
    columns: ['', 'with us ÷ among 10', 'without ÷ among 10', 'with us ÷ without'],
    rows,
  }
}
