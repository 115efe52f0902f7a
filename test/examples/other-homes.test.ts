import { describe, expect, it, vi } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { type Ask, ask, STEP_MS } from './example.ts'
import { endsWell, start } from './start.ts'

interface Home {
  readonly name: string
  /** A report that takes this long. */
  report(ms: number): Ask
  readonly answer: string
}

const rest = (ms: number): Ask => ({ path: `/reports/${ms}` })
const graphql = (ms: number): Ask => ({
  path: '/graphql',
  body: JSON.stringify({ query: `{ report(ms: ${ms}) }` }),
  type: 'application/json',
})
const procedure = (ms: number): Ask => ({ path: `/report?input=${ms}` })

const homes: readonly Home[] = [
  { name: 'nest-express', report: rest, answer: 'a report\n' },
  { name: 'nest-fastify', report: rest, answer: 'a report\n' },
  { name: 'apollo', report: graphql, answer: '{"data":{"report":"a report"}}\n' },
  { name: 'yoga', report: graphql, answer: '{"data":{"report":"a report"}}' },
  { name: 'trpc', report: procedure, answer: '{"result":{"data":"a report"}}' },
]

vi.setConfig({ testTimeout: 4 * STEP_MS })

describe.each(homes)('the example for $name', ({ name, report, answer }) => {
  it('gives up what a client that left has asked for, answers all others, and closes its home last', async () => {
    const example = await start(name)
    const reply = await waitFor('a reply', ask(example.url, report(1)).reply)
    expect(reply).toEqual({ status: 200, text: answer })
    await example.seen(/begun/)

    const leaving = ask(example.url, report(600_000))
    await example.seen(/begun/)
    leaving.leave()
    await example.seen(/cancelled/)

    const inFlight = ask(example.url, report(500))
    await example.seen(/begun/)
    example.stop()
    expect(await waitFor('the reply in flight', inFlight.reply, STEP_MS)).toEqual(reply)
    await example.seen(/closed/)
    await endsWell(example)
  })
})
