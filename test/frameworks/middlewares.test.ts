import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../hosts/transport.ts'
import { turns } from '../support/turns.ts'
import { type Difference, differences } from './middlewares/differences.ts'
import { type Answer, ask } from './middlewares/exchange.ts'
import { startExpress } from './middlewares/express.ts'
import { startFastify } from './middlewares/fastify.ts'
import { startKoa } from './middlewares/koa.ts'
import { requests } from './middlewares/requests.ts'
import type { Start } from './middlewares/start.ts'

const hosts: Readonly<Record<string, { start: Start }>> = {
  express: { start: startExpress },
  koa: { start: startKoa },
  fastify: { start: startFastify },
}

const none: Difference = { why: '', without: [], ours: [] }

for (const [name, { start }] of Object.entries(hosts)) {
  describe(`${name} with its middlewares`, () => {
    const { stackTraceLimit } = Error
    const sites: { port: number; log: string[]; stop(): unknown }[] = []

    beforeAll(async () => {
      Error.stackTraceLimit = 0 // Express shows stacks, and ours are longer.
      for (const isMounted of [false, true]) {
        const log: string[] = []
        const { server, stop } = await start(isMounted, (line) => void log.push(line))
        const port = await listen(server)
        sites.push({ port, log, stop: isMounted ? stop : () => server.close() })
      }
    })
    afterAll(async () => {
      Error.stackTraceLimit = stackTraceLimit
      for (const { stop } of sites) await stop()
    })

    for (const [what, asked] of Object.entries(requests)) {
      it(`B6 answers as without us: ${what}`, async () => {
        const difference = differences[name]?.[what] ?? none
        const [without, ours] = await Promise.all(sites.map(({ port }) => ask(port, asked)))
        expect(without).toBeDefined()
        expect(strip(ours, difference.ours)).toEqual(strip(without, difference.without))
        if (difference.ours.includes('content-length') && asked.method !== 'HEAD')
          expect(ours?.fields.map(lower)).toContain(`content-length: ${ours?.body.length}`)
      })
    }

    it('B6 logs as without us', async () => {
      await turns()
      const [without, ours] = sites.map(({ log }) => log.toSorted())
      expect(without?.length).toBeGreaterThanOrEqual(Object.keys(requests).length)
      expect(ours).toEqual(without)
    })
  })
}

/** Without these fields, each of which has to be there once. */
function strip(answer: Answer | undefined, names: readonly string[]): Answer | undefined {
  if (answer === undefined) return undefined
  const nameOf = (field: string) => lower(field).split(':')[0] ?? ''
  expect(answer.fields.map(nameOf)).toEqual(expect.arrayContaining([...names]))
  return { ...answer, fields: answer.fields.filter((field) => !names.includes(nameOf(field))) }
}

function lower(field: string): string {
  return field.toLowerCase()
}
