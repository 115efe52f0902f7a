import type { Idle } from '../drain/idle.ts'
import { isOurs, LIBRARIES } from '../drain/libraries.ts'
import { LIMIT_MS, type Restart } from '../drain/restarts.ts'
import { HOSTS, type Host } from '../group.ts'
import type { Ratios } from '../measure.ts'
import { medianOf, type Spread } from '../ratios.ts'
import { VARIANT_NAMES, type Variant } from '../variants.ts'
import type { Bar, Chart } from './chart.ts'

/** What `npm run bench` has written, as far as charts are made of it. */
export interface Results {
  readonly date: string
  readonly node: string
  readonly groups: readonly { readonly name: string; readonly data: unknown }[]
}

type Courses = readonly { readonly course: string; readonly ratios: readonly Line[] }[]
type Line = Ratios & { readonly host: Host }
type Drains = { readonly restarts: readonly Restart[]; readonly idle: readonly Idle[] }

/** Each with the name of its file. */
export function chartsOf(results: Results): Record<string, Chart> {
  const when = `${results.date.slice(0, 10)}, Node ${results.node.slice(1)}`
  const data = (name: string) => results.groups.find((group) => group.name === name)?.data
  const [hello] = data('hello') as Courses
  const spaced = (data('page') as Courses)[1]
  return {
    'bench-hello': {
      title: '"Hello": requests per second of processor time',
      caption: `Ratio to the same server without Hangup, and the middle half of the rounds. ${when}.`,
      mark: 1,
      groups: byHost(hello?.ratios ?? []),
    },
    'bench-spaced-writes': {
      title: 'A page of 100 writes, each in a turn of its own: pages a second',
      caption: `Ratio to the same server without Hangup. ${when}.`,
      mark: 1,
      groups: byHost(spaced?.ratios ?? []),
    },
    'bench-signals': {
      title: 'A signal in every handler: requests per second of processor time',
      caption: `Ratio to the same handler without a signal. ${when}.`,
      mark: 1,
      groups: bySide(data('signals') as readonly Ratios[]),
    },
    'bench-restart': {
      title: 'Requests lost in a restart: 60 clients, 10 ms of round trip',
      caption: `Mean of the restarts, and seconds until the process had ended. ${when}.`,
      groups: [{ name: '', bars: restartBars(data('drain') as Drains) }],
    },
  }
}

function byHost(lines: readonly Line[]) {
  return HOSTS.map((host) => ({
    name: host,
    bars: lines
      .filter((line) => line.host === host)
      .map(({ contestant, perCpuSecond }) =>
        ratioBar(VARIANT_NAMES[contestant as Variant], perCpuSecond, true),
      ),
  }))
}

function bySide(lines: readonly Ratios[]) {
  return ['node', 'fastify'].map((side) => ({
    name: side,
    bars: lines
      .filter(({ contestant }) => contestant.startsWith(`${side}: `))
      .map(({ contestant, perCpuSecond }) => {
        const name = contestant.slice(side.length + 2)
        return ratioBar(name, perCpuSecond, name === 'hangup')
      }),
  }))
}

function ratioBar(label: string, { median, low, high }: Spread, isOurs: boolean): Bar {
  return { label, value: median, low, high, text: median.toFixed(2), isOurs }
}

function restartBars({ restarts }: Drains): Bar[] {
  return LIBRARIES.map((library) => {
    const own = restarts.filter((r) => r.library === library && r.roundTripMs > 0)
    const lost = own.reduce((sum, restart) => sum + restart.lost, 0) / own.length
    const isKilled = own.some(({ ms }) => ms === undefined)
    const seconds = isKilled
      ? `over ${LIMIT_MS / 1_000}`
      : (medianOf(own.map(({ ms }) => ms ?? LIMIT_MS)) / 1_000).toFixed(1)
    return {
      label: library,
      value: lost,
      text: `${Number(lost.toFixed(1))} lost, ${seconds} s`,
      isOurs: isOurs(library),
    }
  })
}
