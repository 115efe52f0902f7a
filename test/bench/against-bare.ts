import type { Context, Found, Group, Host } from './group.ts'
import {
  type Contestant,
  measure,
  type Plan,
  quick,
  type Ratios,
  ratiosOf,
  type Task,
} from './measure.ts'
import { unlessInstalled } from './not-installed.ts'
import { renderSpread } from './ratios.ts'
import type { Table } from './table.ts'
import { VARIANT_NAMES, type Variant } from './variants.ts'
import type { Verdict } from './verdict.ts'

/** One task, given to each framework with us and without. */
export interface Course {
  readonly name: string
  readonly task: Task
  readonly variants: readonly Exclude<Variant, 'without'>[]
  readonly plan: Plan
  /** Default: all. */
  readonly hosts?: readonly Host[]
  readonly bounds?: readonly Bound[]
}

interface Bound {
  readonly promise: string
  readonly variant: Variant
  readonly atLeast: number
}

interface Line extends Ratios {
  readonly host: Host
}

/** Each framework with its adapter ÷ without. */
export function againstBare(name: string, courses: readonly Course[]): Group {
  return {
    name,
    async run(context) {
      const found: Found[] = []
      for (const course of courses.filter((one) => hostsOf(one, context).length > 0))
        found.push(await runCourse(course, context))
      return {
        tables: found.flatMap(({ tables }) => tables),
        verdicts: found.flatMap(({ verdicts }) => verdicts),
        data: found.map(({ data }) => data),
      }
    },
  }
}

function hostsOf(course: Course, { hosts }: Context): readonly Host[] {
  return hosts.filter((host) => course.hosts?.includes(host) ?? true)
}

async function runCourse(course: Course, context: Context): Promise<Found> {
  const { isQuick, progress } = context
  const missing = course.task.tool === 'wrk' ? unlessInstalled('wrk', course.name) : undefined
  if (missing !== undefined) return missing
  const plan = isQuick ? quick(course.plan) : course.plan
  const lines: Line[] = []
  const samples: object[] = []
  for (const host of hostsOf(course, context)) {
    const contestants = contestantsOf(host, ['without', ...course.variants])
    const measured = await measure(course.task, contestants, plan, (text) =>
      progress(`${host}, ${course.name}: ${text}`),
    )
    samples.push(...measured.map((sample) => ({ host, ...sample })))
    lines.push(...ratiosOf(measured, contestants).map((ratios) => ({ host, ...ratios })))
  }
  return {
    tables: [tableOf(course, lines)],
    verdicts: (course.bounds ?? []).map((bound) => verdictOf(course, bound, lines)),
    data: { course: course.name, task: course.task, plan, ratios: lines, samples },
  }
}

export function contestantsOf(host: Host, variants: readonly Variant[]): Contestant[] {
  return variants.map((variant) => ({
    name: variant,
    script: `./servers/${host}.ts`,
    args: [variant],
  }))
}

function tableOf({ name, plan }: Course, lines: readonly Line[]): Table {
  return {
    title: `${name}: ratios to the same server without us (median, middle half of the ${plan.counts === 'tenth' ? 'lives' : 'rounds'})`,
    columns: ['', '', 'requests a second', "requests a second of the server's processor time"],
    rows: lines.map(({ host, contestant, perSecond, perCpuSecond }) => [
      host,
      VARIANT_NAMES[contestant as Variant],
      renderSpread(perSecond),
      renderSpread(perCpuSecond),
    ]),
  }
}

/** Both ratios count: where the load is the slower side, requests a second hide what a server spends. */
function verdictOf({ name }: Course, bound: Bound, lines: readonly Line[]): Verdict {
  const { promise, variant, atLeast } = bound
  const ratios = lines
    .filter(({ contestant }) => contestant === variant)
    .map(({ host, perSecond, perCpuSecond }) => {
      return { host, ratio: Math.min(perSecond.median, perCpuSecond.median) }
    })
  return {
    promise,
    bound: `${name}, ${VARIANT_NAMES[variant]}: at least ${atLeast}`,
    measured: ratios.map(({ host, ratio }) => `${host} ${ratio.toFixed(3)}`).join(', '),
    isKept: ratios.every(({ ratio }) => ratio >= atLeast),
  }
}
