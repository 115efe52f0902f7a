import { COUNTS, IDLE_LIMIT_MS, type Idle, measureIdle } from './drain/idle.ts'
import { isOurs, LIBRARIES, type Library } from './drain/libraries.ts'
import { LIMIT_MS, measureRestarts, type Restart, ROUND_TRIPS_MS } from './drain/restarts.ts'
import type { Group } from './group.ts'
import { medianOf } from './ratios.ts'
import type { Table } from './table.ts'
import type { Verdict } from './verdict.ts'

/** What `idleGraceMs` is by default: the time for which idle connections are kept on purpose. */
const IDLE_GRACE_MS = 1_000
const RESTART_LIVES = 3

/** What a user would take instead, and what it loses: speed without loss is what counts. */
export const DRAIN: Group = {
  name: 'drain',
  async run({ isQuick, progress }) {
    const lives = isQuick ? 1 : RESTART_LIVES
    const restarts = await measureRestarts(lives, progress)
    const idle = await measureIdle(isQuick ? 1 : 3, progress)
    return {
      tables: [...ROUND_TRIPS_MS.map((ms) => restartTable(ms, lives, restarts)), idleTable(idle)],
      verdicts: [verdictP3(restarts, idle), verdictP4(idle), verdictD15(idle)],
      data: { restarts, idle },
    }
  },
}

function restartTable(roundTripMs: number, lives: number, restarts: readonly Restart[]): Table {
  const count = lives === 1 ? 'one restart' : `means of ${lives}`
  return {
    title: `60 loops of POST through a restart, ${roundTripMs} ms of round trip added (${count})`,
    columns: ['', 'lost', 'answered', 'refused', 'seconds'],
    rows: LIBRARIES.map((library) => {
      const own = restarts.filter((r) => r.library === library && r.roundTripMs === roundTripMs)
      const mean = (key: 'answered' | 'refused' | 'lost') =>
        own.reduce((sum, restart) => sum + restart[key], 0) / own.length
      return [
        library,
        mean('lost').toFixed(1),
        mean('answered').toFixed(0),
        mean('refused').toFixed(0),
        inSeconds(
          own.map(({ ms }) => ms),
          LIMIT_MS,
        ),
      ]
    }),
  }
}

function idleTable(measured: readonly Idle[]): Table {
  const names = COUNTS.map(({ connections }) => connections.toLocaleString('en'))
  return {
    title:
      'Idle keep-alive connections: seconds from SIGTERM to the end of the process; requests lost of 50',
    columns: [
      '',
      ...names.map((name) => `${name}: seconds`),
      ...names.slice(1).map((name) => `${name}: lost`),
    ],
    rows: LIBRARIES.map((library) => {
      const of = (connections: number) =>
        measured.filter((idle) => idle.library === library && idle.connections === connections)
      const lost = COUNTS.slice(1).map(({ connections }) => {
        const own = of(connections)
        return (own.reduce((sum, idle) => sum + idle.lost, 0) / own.length).toFixed(1)
      })
      const seconds = COUNTS.map(({ connections }) =>
        inSeconds(
          of(connections).map(({ ms }) => ms),
          IDLE_LIMIT_MS,
        ),
      )
      return [library, ...seconds, ...lost]
    }),
  }
}

/** One that had to be killed took longer than is known. */
function inSeconds(times: readonly (number | undefined)[], limitMs: number): string {
  const known = times.filter((ms) => ms !== undefined)
  if (known.length < times.length) return `over ${limitMs / 1_000}`
  return (medianOf(known) / 1_000).toFixed(2)
}

function verdictP3(restarts: readonly Restart[], idle: readonly Idle[]): Verdict {
  const lostBy = (library: Library) =>
    [...restarts, ...idle].reduce((sum, one) => sum + (one.library === library ? one.lost : 0), 0)
  const ours = Math.max(...LIBRARIES.filter(isOurs).map(lostBy))
  const theirs = Math.min(...LIBRARIES.filter((library) => !isOurs(library)).map(lostBy))
  return {
    promise: 'P3',
    bound: 'requests lost: fewer than any other',
    measured: `${ours}, of the others at best ${theirs}`,
    isKept: ours < theirs,
  }
}

function verdictP4(idle: readonly Idle[]): Verdict {
  const bareMs = timeOf('closeAllConnections()', 10_000, idle)
  const ms = timeOf('hangup', 10_000, idle)
  const allowedMs = 1.2 * bareMs + IDLE_GRACE_MS
  return {
    promise: 'P4',
    bound: '10,000 idle connections: 1.2 times closeAllConnections(), and idleGraceMs',
    measured: `${(ms / allowedMs).toFixed(2)} of it`,
    isKept: ms <= allowedMs,
  }
}

function verdictD15(idle: readonly Idle[]): Verdict {
  const ms = timeOf('hangup', 0, idle)
  return {
    promise: 'D15',
    bound: 'no connections, to the end of the process: under 50 ms more than bare',
    measured: `${(ms - timeOf('closeAllConnections()', 0, idle)).toFixed(0)} ms`,
    isKept: ms - timeOf('closeAllConnections()', 0, idle) < 50,
  }
}

function timeOf(library: Library, connections: number, idle: readonly Idle[]): number {
  const own = idle.filter((one) => one.library === library && one.connections === connections)
  return medianOf(own.map(({ ms }) => ms ?? IDLE_LIMIT_MS))
}
