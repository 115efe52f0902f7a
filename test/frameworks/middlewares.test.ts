import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../hosts/transport.ts'
import { turns } from '../support/turns.ts'
import { type Answer, ask, askBeforeAnother } from './middlewares/ask.ts'
import { type Difference, differences, logged, unanswered } from './middlewares/differences.ts'
import { startExpress } from './middlewares/express.ts'
import { startFastify } from './middlewares/fastify.ts'
import { startKoa } from './middlewares/koa.ts'
import { nodeServes, startNode } from './middlewares/node.ts'
import { type Asked, requests } from './middlewares/requests.ts'
import type { Setup, Start } from './middlewares/start.ts'

interface Host {
  readonly start: Start
  readonly speaks: Setup['speaks']
  serves?(asked: Asked): boolean
}

const hosts: Readonly<Record<string, Host>> = {
  node: { start: startNode, speaks: 'http/1.1', serves: nodeServes },
  'node-http2': { start: startNode, speaks: 'h2', serves: nodeServes },
  express: { start: startExpress, speaks: 'http/1.1' },
  koa: { start: startKoa, speaks: 'http/1.1' },
  'koa-http2': { start: startKoa, speaks: 'h2' },
  fastify: { start: startFastify, speaks: 'http/1.1' },
  'fastify-http2': { start: startFastify, speaks: 'h2' },
}

const none: Difference = { why: '', without: [], ours: [] }

for (const [name, { start, speaks, serves = () => true }] of Object.entries(hosts)) {
  describe(`${name} with its middlewares`, () => {
    const { stackTraceLimit } = Error
    const sites: { port: number; log: string[]; stop(): unknown }[] = []

    beforeAll(async () => {
      Error.stackTraceLimit = 0 // Express shows stacks, and ours are longer.
      for (const isMounted of [false, true]) {
        const log: string[] = []
        const { server, stop } = await start({
          speaks,
          isMounted,
          log: (line) => void log.push(line),
        })
        const port = await listen(server)
        sites.push({ port, log, stop: isMounted ? stop : () => server.close() })
      }
    })
    afterAll(async () => {
      Error.stackTraceLimit = stackTraceLimit
      for (const { stop } of sites) await stop()
    })

    const asked = Object.entries(requests).filter(
      ([, request]) => serves(request) && !(speaks === 'h2' && request.version === '1.0'),
    )
    for (const [what, request] of asked) {
      const reason = unanswered[name]?.[what]
      if (reason !== undefined) {
        it(`B6 answers what nobody does without us: ${what} (${reason})`, async () => {
          const toGet = { ...request, method: 'GET' }
          const [get] = await Promise.all(sites.map(({ port }) => ask(port, speaks, toGet)))
          const [without, ours] = await Promise.all(
            sites.map(({ port }) => askBeforeAnother(port, request)),
          )
          expect(without).toBeUndefined()
          expect(ours).toEqual({ ...get, body: '' })
        })
        continue
      }
      it(`B6 answers as without us: ${what}`, async () => {
        const difference = differences[name]?.[what] ?? none
        const [without, ours] = await Promise.all(
          sites.map(({ port }) => ask(port, speaks, request)),
        )
        if (without === undefined || ours === undefined) throw new Error('two sites have started')
        const { endings = [without.ending, without.ending] } = difference
        expect([without.ending, ours.ending]).toEqual(endings)
        expect(strip(ours, difference.ours)).toEqual(strip(without, difference.without))
        if (difference.ours.includes('content-length') && request.method !== 'HEAD')
          expect(ours.head.map(lower)).toContain(`content-length: ${ours.body.length}`)
      })
    }

    it('B6 logs as without us', async () => {
      await turns()
      const [without, ours] = sites.map(({ log }) => log.toSorted())
      expect(ours?.length).toBeGreaterThanOrEqual(asked.length)
      expect(ours).toEqual([...(without ?? []), ...(logged[name] ?? [])].toSorted())
    })
  })
}

/** Without its ending and these fields, each of which has to be there once. */
function strip({ ending, ...answer }: Answer, names: readonly string[]): Omit<Answer, 'ending'> {
  const nameOf = (line: string) => lower(line).split(':')[0] ?? ''
  expect(answer.head.map(nameOf)).toEqual(expect.arrayContaining([...names]))
  return { ...answer, head: answer.head.filter((line) => !names.includes(nameOf(line))) }
}

function lower(line: string): string {
  return line.toLowerCase()
}
