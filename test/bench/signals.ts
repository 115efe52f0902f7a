import { IncomingMessage } from 'node:http'
import type { Group } from './group.ts'
import {
  type Contestant,
  measure,
  type Plan,
  quick,
  type Ratios,
  ratiosOf,
  type Task,
} from './measure.ts'
import { LOAD_CPU, SERVER_CPU, startWorker } from './process.ts'
import { renderSpread } from './ratios.ts'
import type { Listening } from './servers/measured.ts'
import { FASTIFY_SIGNALS, NODE_SIGNALS } from './servers/signal-names.ts'
import type { Fired } from './servers/signals.ts'
import type { Left } from './signal-clients.ts'

const TASK: Task = { path: '/', connections: 50 }
const PLAN: Plan = { lives: 2, rounds: 7, requests: 2_000, warmUpRequests: 6_000 }
const CLIENTS = 50

interface Line extends Ratios {
  readonly leavers: Left
  readonly fired: number
}

/** What a user would take instead: each handler reads its signal, and each is asked whether it is right. */
export const SIGNALS: Group = {
  name: 'signals',
  async run({ isQuick, progress }) {
    const plan = isQuick ? quick(PLAN) : PLAN
    const lines: Line[] = []
    for (const names of [NODE_SIGNALS, FASTIFY_SIGNALS]) {
      const contestants = names.filter(isHere).map(contestantOf)
      const samples = await measure(TASK, contestants, plan, (text) =>
        progress(`signals, ${names[0]}: ${text}`),
      )
      for (const ratios of ratiosOf(samples, contestants)) {
        progress(`signals, ${ratios.contestant}: who leaves`)
        lines.push({ ...ratios, ...(await whoLeaves(ratios.contestant)) })
      }
    }
    const table = {
      title: `A signal in each handler: ratios to the same server without; ${CLIENTS} clients that leave, ${CLIENTS} that stay`,
      columns: [
        'signal',
        'requests a second',
        "requests a second of the server's processor time",
        'told of leaving',
        'told without',
      ],
      rows: lines.map(({ contestant, perSecond, perCpuSecond, fired, leavers }) => [
        contestant,
        renderSpread(perSecond),
        renderSpread(perCpuSecond),
        `${fired - leavers.abortedStaying} of ${CLIENTS}`,
        `${leavers.abortedStaying} of ${CLIENTS}`,
      ]),
    }
    return { tables: [table, ...missing()], verdicts: [], data: lines }
  },
}

function isHere(name: string): boolean {
  return !name.includes('native') || 'signal' in IncomingMessage.prototype
}

function missing() {
  if ('signal' in IncomingMessage.prototype) return []
  const rows = [[`Node ${process.version} has no req.signal of its own; Node 24 and 26 have`]]
  return [{ title: 'native req.signal: not measured', columns: [''], rows }]
}

function contestantOf(name: string): Contestant {
  return { name, script: './servers/signals.ts', args: [name] }
}

async function whoLeaves(name: string): Promise<Pick<Line, 'leavers' | 'fired'>> {
  const server = startWorker('./servers/signals.ts', [name], SERVER_CPU)
  const clients = startWorker('./signal-clients.ts', [], LOAD_CPU)
  const { port } = (await server.ready) as Listening
  await clients.ready
  const leavers = await clients.ask<Left>({ port, count: CLIENTS })
  const { fired } = await server.ask<Fired>({ question: 'fired' })
  await Promise.all([server.end(), clients.end()])
  return { leavers, fired }
}
