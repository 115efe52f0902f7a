import { medianOf } from '../ratios.ts'
import { COUNTS, IDLE_GRACE_MS, type Idle } from './idle.ts'
import { LIBRARIES } from './libraries.ts'
import { LIMIT_MS, type Restart } from './restarts.ts'

const NAME_WIDTH = 28
const FIGURE_WIDTH = 12

/** A line for each library and round trip: the mean of its restarts, and the median of its times. */
export function renderRestarts(restarts: readonly Restart[]): string[] {
  const roundTrips = [...new Set(restarts.map(({ roundTripMs }) => roundTripMs))]
  return roundTrips.flatMap((roundTripMs) => [
    '',
    `60 loops of POST through a restart, ${roundTripMs} ms of round trip added; means of a restart`,
    row('', ['answered', 'refused', 'lost', 'seconds']),
    ...LIBRARIES.map((library) => {
      const own = restarts.filter((r) => r.library === library && r.roundTripMs === roundTripMs)
      const mean = (key: 'answered' | 'refused' | 'lost') =>
        own.reduce((sum, restart) => sum + restart[key], 0) / own.length
      const isKilled = own.some(({ ms }) => ms === undefined)
      const seconds = medianOf(own.map(({ ms }) => ms ?? LIMIT_MS)) / 1_000
      return row(library, [
        mean('answered').toFixed(0),
        mean('refused').toFixed(0),
        mean('lost').toFixed(1),
        isKilled ? `over ${LIMIT_MS / 1_000}` : seconds.toFixed(1),
      ])
    }),
  ])
}

/** Time to close and memory, with us against `closeAllConnections()`, by the number of connections. */
export function renderIdle(measured: readonly Idle[]): string[] {
  return [
    '',
    'idle keep-alive connections of bare Node, medians: our drain against close() and closeAllConnections()',
    row('', ['bytes each', 'ms', 'allowed']),
    ...COUNTS.map((connections) => {
      const { bytes, ms, allowedMs } = compareIdle(measured, connections)
      const weight = connections > 1_000 ? `+${bytes.toFixed(0)}` : ''
      return row(`${connections}`, [weight, ms.toFixed(0), allowedMs.toFixed(0)])
    }),
  ]
}

/** D15, P3 and P4 of docs/guarantees.md: kept, or missed and by how much. */
export function drainVerdicts(restarts: readonly Restart[], idle: readonly Idle[]): string[] {
  const lostBy = (isOurs: boolean) =>
    LIBRARIES.filter((library) => library.startsWith('hangup') === isOurs).map((library) =>
      restarts.reduce((sum, r) => sum + (r.library === library ? r.lost : 0), 0),
    )
  const ours = Math.max(...lostBy(true))
  const theirs = Math.min(...lostBy(false))
  const [none, , many] = COUNTS.map((connections) => compareIdle(idle, connections))
  return [
    verdict('D15', (none?.ms ?? Infinity) < 50, `${none?.ms.toFixed(0)} ms of 50`),
    verdict('P3', ours < theirs, `${ours} lost, of others at best ${theirs}`),
    verdict(
      'P4',
      (many?.ms ?? Infinity) <= (many?.allowedMs ?? 0) && (many?.bytes ?? Infinity) <= 300,
      `${many?.ms.toFixed(0)} ms of ${many?.allowedMs.toFixed(0)}, ${many?.bytes.toFixed(0)} bytes of 300`,
    ),
  ]
}

function compareIdle(measured: readonly Idle[], connections: number) {
  const of = (isWithUs: boolean) =>
    measured.filter((idle) => idle.isWithUs === isWithUs && idle.connections === connections)
  const [ours, bare] = [of(true), of(false)]
  const bytes =
    medianOf(ours.map(({ bytesEach }) => bytesEach)) -
    medianOf(bare.map(({ bytesEach }) => bytesEach))
  const bareMs = medianOf(bare.map((idle) => idle.ms))
  const ms = medianOf(ours.map((idle) => idle.ms))
  const allowedMs = connections === 0 ? 50 : 1.2 * bareMs + IDLE_GRACE_MS
  return { bytes, ms, allowedMs }
}

function verdict(promise: string, isKept: boolean, figures: string): string {
  return `${promise} ${isKept ? 'kept' : 'missed'}: ${figures}`
}

function row(name: string, figures: readonly string[]): string {
  return name.padEnd(NAME_WIDTH) + figures.map((figure) => figure.padStart(FIGURE_WIDTH)).join('')
}
