import type { Group } from './group.ts'
import { measure, type Plan, quick, ratiosOf, type Task } from './measure.ts'
import { unlessInstalled } from './not-installed.ts'
import { renderSpread } from './ratios.ts'
import { VARIANT_NAMES, type Variant } from './variants.ts'

const TASK: Task = { path: '/', connections: 10, tool: 'h2load' }
const PLAN: Plan = { lives: 2, rounds: 7, requests: 2_500, warmUpRequests: 8_000 }
const COMPARED = ['without', 'with', 'unheld', 'touched'] as const satisfies readonly Variant[]
const TITLE = 'HTTP/2 hello, node:http2 over h2c, by h2load: ratios to the same server without us'

export const HTTP2: Group = {
  name: 'http2',
  async run({ isQuick, progress }) {
    const missing = unlessInstalled('h2load', TITLE)
    if (missing !== undefined) return missing
    const contestants = COMPARED.map((name) => {
      return { name, script: './servers/node.ts', args: [name, 'http2'] }
    })
    const plan = isQuick ? quick(PLAN) : PLAN
    const samples = await measure(TASK, contestants, plan, (text) => progress(`http2: ${text}`))
    const ratios = ratiosOf(samples, contestants)
    const table = {
      title: TITLE,
      columns: ['', 'requests a second', "requests a second of the server's processor time"],
      rows: ratios.map(({ contestant, perSecond, perCpuSecond }) => [
        VARIANT_NAMES[contestant as Variant],
        renderSpread(perSecond),
        renderSpread(perCpuSecond),
      ]),
    }
    return { tables: [table], verdicts: [], data: { task: TASK, plan, ratios, samples } }
  },
}
