import { contestantsOf } from './against-bare.ts'
import { HELLO, SPACED } from './courses.ts'
import type { Context, Found, Group, Host } from './group.ts'
import { measure, type Plan, ratiosOf, type Task } from './measure.ts'
import type { Verdict } from './verdict.ts'

/** Far below what is promised: only a gross loss is found here, on a machine as noisy as it may be. */
const WATCHED: readonly Bound[] = [
  {
    promise: 'P1',
    name: 'hello',
    task: HELLO.task,
    atLeast: 0.7,
    plan: { lives: 1, rounds: 5, requests: 800, warmUpRequests: 3_000 },
  },
  {
    promise: 'P2',
    name: '100 spaced writes',
    task: SPACED.task,
    atLeast: 2,
    plan: { lives: 1, rounds: 5, requests: 100, warmUpRequests: 200 },
  },
]

interface Bound {
  readonly promise: string
  readonly name: string
  readonly task: Task
  readonly atLeast: number
  readonly plan: Plan
}

/** Express costs the most, Fastify has the most of its own to keep up with. */
const GUARDED: readonly Host[] = ['express', 'fastify']

/** For continuous integration. The best of a few rounds counts; what falls short is measured once more. */
export const GUARD: Group = {
  name: 'guard',
  async run(context): Promise<Found> {
    const verdicts: Verdict[] = []
    for (const host of GUARDED) {
      for (const watched of WATCHED) {
        const first = await verdictOn(host, watched, context)
        verdicts.push(first.isKept ? first : await verdictOn(host, watched, context))
      }
    }
    if (verdicts.some(({ isKept }) => !isKept)) process.exitCode = 1
    return { tables: [], verdicts, data: undefined }
  },
}

async function verdictOn(host: Host, watched: Bound, { progress }: Context): Promise<Verdict> {
  const { promise, name, task, atLeast, plan } = watched
  const contestants = contestantsOf(host, ['without', 'with'])
  const samples = await measure(task, contestants, plan, () => progress(`guard, ${host}: ${name}`))
  const [ratios] = ratiosOf(samples, contestants)
  const best = ratios?.perCpuSecond.most ?? 0
  return {
    promise,
    bound: `${host}, ${name}: no gross loss, at least ${atLeast}`,
    measured: best.toFixed(2),
    isKept: best >= atLeast,
  }
}
