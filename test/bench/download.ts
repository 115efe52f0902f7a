import { contestantsOf } from './against-bare.ts'
import type { Group, Host } from './group.ts'
import { removeLargeFile, sizeLargeFile } from './large-file.ts'
import {
  type Contestant,
  type Ratios,
  ratiosOf,
  rotated,
  type Sample,
  type Server,
  startServer,
} from './measure.ts'
import { LOAD_CPU, startWorker, type Worker } from './process.ts'
import { renderSpread } from './ratios.ts'
import type { Spent } from './servers/measured.ts'
import type { Curve } from './servers/resident.ts'
import type { Table } from './table.ts'
import type { Hits, Shot } from './tools/shot.ts'
import type { Verdict } from './verdict.ts'

const MIB = 1 << 20

/** What memory is watched over, and what warms up. */
const FIRST_MIB = 1_024
/** What is timed: as many seconds of it say more in many rounds than in a few. */
const ROUND_MIB = 256
const ROUNDS = 9

/** B4: so much more than without us, at its highest. What V8 collects when is never twice the same. */
const AT_MOST_MIB = 32

interface Download {
  readonly host: Host
  readonly path: '/file' | '/written'
  readonly name: string
}

const DOWNLOADS: readonly Download[] = [
  { host: 'node', path: '/file', name: 'file.pipe(res)' },
  { host: 'node', path: '/written', name: "res.write(), and 'drain' awaited" },
  { host: 'express', path: '/written', name: "res.write(), and 'drain' awaited" },
  { host: 'fastify', path: '/file', name: 'reply.send(file)' },
]

/** Resident memory of a server that has just begun, over its first download. */
export interface Weighed {
  readonly host: Host
  readonly name: string
  readonly without: Curve
  readonly ours: Curve
}

interface Line extends Download, Ratios {
  readonly weighed: Weighed
  /** The highest of all downloads. */
  readonly mostMib: { readonly without: number; readonly ours: number }
}

/** What a download costs, and whether what is held in memory grows with a GiB of it. */
export const DOWNLOAD: Group = {
  name: 'download',
  async run({ hosts, isQuick, progress }) {
    const lines: Line[] = []
    for (const download of DOWNLOADS.filter(({ host }) => hosts.includes(host))) {
      progress(`download, ${download.host}: ${download.name}`)
      lines.push(await lineOf(download, isQuick))
    }
    removeLargeFile()
    return {
      tables: [costTable(lines), memoryTable(lines)],
      verdicts: lines.length > 0 ? [verdictOf(lines)] : [],
      data: lines,
    }
  },
}

async function lineOf(download: Download, isQuick: boolean): Promise<Line> {
  const contestants = contestantsOf(download.host, ['without', 'with'])
  const load = startWorker('./load.ts', [], LOAD_CPU)
  await load.ready
  const samples: Sample[] = []
  const curves = new Map<string, Curve[]>()
  const servers = await Promise.all(contestants.map(startServer))
  for (let round = 0; round <= (isQuick ? 1 : ROUNDS); round++) {
    const mib = round === 0 ? FIRST_MIB : ROUND_MIB
    sizeLargeFile(mib * MIB)
    for (const server of rotated(servers, round)) {
      const { curve, ...figures } = await fetch(server, load, download, mib * MIB)
      curves.set(server.name, [...(curves.get(server.name) ?? []), curve])
      if (round > 0) samples.push({ life: 0, round, contestant: server.name, ...figures })
    }
  }
  await Promise.all([load, ...servers.map(({ worker }) => worker)].map((worker) => worker.end()))
  return { ...download, ...ratioOf(samples, contestants), ...weightOf(download, curves) }
}

/** The first one warms up, and counts for memory alone. */
async function fetch(
  { worker, origin }: Server,
  load: Worker,
  { path }: Download,
  leastBytes: number,
): Promise<Pick<Sample, 'requestsPerSecond' | 'requestsPerCpuSecond'> & { readonly curve: Curve }> {
  const before = await worker.ask<Spent>({ question: 'spent' })
  await worker.ask({ question: 'watch' })
  const url = `${origin}${path}`
  const shot: Shot = { url, connections: 1, requests: 1, tool: 'download', leastBytes }
  const { seconds } = await load.ask<Hits>(shot)
  const curve = await worker.ask<Curve>({ question: 'watched' })
  const after = await worker.ask<Spent>({ question: 'spent' })
  return {
    requestsPerSecond: 1 / seconds,
    requestsPerCpuSecond: 1e6 / (after.cpuUs - before.cpuUs),
    curve,
  }
}

function ratioOf(samples: readonly Sample[], contestants: readonly Contestant[]): Ratios {
  const [ratios] = ratiosOf(samples, contestants)
  if (ratios === undefined) throw new Error('nothing was downloaded')
  return ratios
}

function weightOf({ host, name }: Download, curves: ReadonlyMap<string, readonly Curve[]>) {
  const of = (contestant: string) => curves.get(contestant) ?? []
  const first = (contestant: string) => of(contestant)[0] ?? { mib: [] }
  const most = (contestant: string) => Math.max(...of(contestant).flatMap(({ mib }) => mib))
  return {
    weighed: { host, name, without: first('without'), ours: first('with') },
    mostMib: { without: most('without'), ours: most('with') },
  }
}

function costTable(lines: readonly Line[]): Table {
  return {
    title: `A download of ${ROUND_MIB} MiB: ratios to the same server without us (median, middle half of ${ROUNDS} rounds)`,
    columns: ['', '', 'bytes a second', "bytes a second of the server's processor time"],
    rows: lines.map(({ host, name, perSecond, perCpuSecond }) => [
      host,
      name,
      renderSpread(perSecond),
      renderSpread(perCpuSecond),
    ]),
  }
}

function memoryTable(lines: readonly Line[]): Table {
  const begins = ({ mib }: Curve) => (mib[0] ?? Number.NaN).toFixed(0)
  return {
    title: `MiB of resident memory over a download of 1 GiB, and ${ROUNDS} of ${ROUND_MIB} MiB`,
    columns: ['', '', 'at first: without us', 'with us', 'at most: without us', 'with us'],
    rows: lines.map(({ host, name, weighed, mostMib }) => [
      host,
      name,
      begins(weighed.without),
      begins(weighed.ours),
      mostMib.without.toFixed(0),
      mostMib.ours.toFixed(0),
    ]),
  }
}

function verdictOf(lines: readonly Line[]): Verdict {
  const above = ({ mostMib }: Line) => mostMib.ours - mostMib.without
  return {
    promise: 'B4',
    bound: `1 GiB, MiB of resident memory: at most ${AT_MOST_MIB} above bare`,
    measured: lines.map((line) => `${line.host} ${above(line).toFixed(0)}`).join(', '),
    isKept: lines.every((line) => above(line) <= AT_MOST_MIB),
  }
}
