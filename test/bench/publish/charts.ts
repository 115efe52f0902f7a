import type { Weighed } from '../download.ts'
import type { Idle } from '../drain/idle.ts'
import { isOurs, LIBRARIES } from '../drain/libraries.ts'
import { LIMIT_MS, type Restart } from '../drain/restarts.ts'
import { HOSTS, type Host } from '../group.ts'
import type { Crowded } from '../growth.ts'
import type { Ratios } from '../measure.ts'
import { medianOf, type Spread } from '../ratios.ts'
import { VARIANT_NAMES, type Variant } from '../variants.ts'
import type { Bar, Chart } from './chart.ts'
import type { Curves } from './curves.ts'

/** What `npm run bench` has written, as far as charts are made of it. */
export interface Results {
  readonly date: string
  readonly node: string
  readonly groups: readonly { readonly name: string; readonly data: unknown }[]
}

type Courses = readonly { readonly course: string; readonly ratios: readonly Line[] }[]
type Downloads = readonly { readonly weighed: Weighed }[]
type Growth = { readonly crowded: readonly Crowded[] }
type Line = Ratios & { readonly host: Host }
type Drains = { readonly restarts: readonly Restart[]; readonly idle: readonly Idle[] }

/** Each with the name of its file. A group that the run has left out has none. */
export function chartsOf(results: Results): [string, Chart][] {
  const when = `${results.date.slice(0, 10)}, Node ${results.node.slice(1)}`
  const ratio = 'Ratio to the same server without Hangup, and the middle half of the'
  return results.groups.flatMap(({ name, data }): [string, Chart][] => {
    if (name === 'hello') {
      const title = '"Hello": requests per second of processor time'
      const [course] = data as Courses
      const groups = byHost(course?.ratios ?? [])
      const caption = `${ratio} lives. ${when}.`
      return [['bench-hello', { title, caption, mark: 1, groups }]]
    }
    if (name === 'page') {
      const title =
        'A page of 100 writes, each in a turn of its own: pages per second of processor time'
      const [, course] = data as Courses
      const groups = byHost(course?.ratios ?? [])
      return [
        ['bench-spaced-writes', { title, caption: `${ratio} rounds. ${when}.`, mark: 1, groups }],
      ]
    }
    if (name === 'signals') {
      const title = 'A signal in every handler: requests per second of processor time'
      const caption = `Ratio to the same handler without a signal, and the middle half of the rounds. ${when}.`
      const groups = bySide(data as readonly Ratios[])
      return [['bench-signals', { title, caption, mark: 1, groups }]]
    }
    if (name === 'drain') {
      const title = 'Requests lost in a restart: 60 clients, 10 ms of round trip'
      const caption = `Mean of the restarts, and seconds until the process had ended. ${when}.`
      const groups = [{ name: '', bars: restartBars(data as Drains) }]
      return [['bench-restart', { title, caption, groups }]]
    }
    if (name === 'growth') {
      const title = "The server's processor time for a hello among others"
      const caption = `Ratio to the same server's among ten. ${when}.`
      const groups = growthGroups(data as Growth)
      return [['bench-growth', { title, caption, mark: 1, groups }]]
    }
    return []
  })
}

/** Those that follow something over time. */
export function curvesOf({ date, node, groups }: Results): [string, Curves][] {
  const data = groups.find(({ name }) => name === 'download')?.data as Downloads | undefined
  if (data === undefined) return []
  const title = 'Resident memory over a download of 1 GiB'
  const caption = `The first one of a new process, from its beginning to its end; the highest of each part, and of all. ${date.slice(0, 10)}, Node ${node.slice(1)}.`
  const panels = data.map(({ weighed: { host, name, without, ours } }) => ({
    name: `${host}: ${name}`,
    curves: [
      { isOurs: false, values: without.mib },
      { isOurs: true, values: ours.mib },
    ],
  }))
  return [['bench-download', { title, caption, unit: 'MiB', panels }]]
}

function growthGroups({ crowded }: Growth) {
  return (['idle connections', 'requests in flight'] as const).map((others) => ({
    name: others,
    bars: crowded
      .filter((one) => one.others === others && one.count > 10)
      .toSorted((a, b) => a.count - b.count)
      .map(({ isWithUs, count, cpuUs }): Bar => {
        const among10 = crowded.find(
          (one) => one.others === others && one.isWithUs === isWithUs && one.count === 10,
        )
        const value = cpuUs / (among10?.cpuUs ?? Number.NaN)
        const label = `${count.toLocaleString('en')}, ${isWithUs ? 'with us' : 'without'}`
        return { label, value, text: value.toFixed(2), isOurs: isWithUs }
      }),
  }))
}

function byHost(lines: readonly Line[]) {
  const hosts = HOSTS.filter((host) => lines.some((line) => line.host === host))
  return hosts.map((host) => ({
    name: host,
    bars: lines
      .filter((line) => line.host === host)
      .map(({ contestant, perCpuSecond }) =>
        ratioBar(VARIANT_NAMES[contestant as Variant], perCpuSecond, contestant !== 'joined'),
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
