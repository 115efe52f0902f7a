import { Readable } from 'node:stream'
import type { Outcome } from '@hangup/core'
import { expect } from 'vitest'
import type { Call, Handler, Host } from '../../hosts/host.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import type { Reply } from '../peer.ts'
import { createStage } from '../stage.ts'
import { createVisit } from '../visit.ts'
import { pageHeaders, patient, spacedRows, writeHalf } from './pages.ts'

/** B2: a handler that fails before anything was sent gives the framework's own error response. */
export function cleanFailures(host: Host): void {
  const { start, row } = createStage(host)

  const failures: Record<string, (call: Call, error: Error) => unknown> = {
    'after ten writes': async (call, error) => {
      await writeHalf(call)
      throw error
    },
    'after a write in the same turn': ({ res }, error) => {
      for (const [name, value] of Object.entries(pageHeaders)) res.setHeader(name, value)
      res.write('half')
      throw error
    },
    'after writeHead()': ({ res }, error) => {
      res.writeHead(206, { ...pageHeaders, 'set-cookie': ['half=1', 'page=1'] })
      throw error
    },
    'after writeHead() with a length, and a write': async ({ res }, error) => {
      res.writeHead(200, { ...pageHeaders, 'content-length': 1_000, 'content-encoding': 'gzip' })
      res.write('half')
      await turns()
      throw error
    },
    'with a source that fails half-way': (call, error) =>
      call.stream(Readable.from(failing(error)), pageHeaders),
  }

  const errors: Record<string, () => Error> = {
    'an error': () => new Error('the template broke'),
    'an error with a status': () =>
      Object.assign(new Error('the template broke'), { status: 503, statusCode: 503 }),
  }

  for (const [when, fail] of Object.entries(failures)) {
    for (const [what, make] of Object.entries(errors)) {
      row(`B2 answers ${what} ${when} as it answers one that comes at once`, async () => {
        const visit = createVisit((call) => fail(call, make()))
        const site = await start(
          {
            '/': visit.handler,
            '/at-once': () => {
              throw make()
            },
            '/next': (call) => call.send(200, 'next'),
          },
          { options: patient },
        )
        const peer = await site.connect()
        const atOnce = await waitFor('the usual page', peer.request({ path: '/at-once' }).reply)
        await turns()
        expect(site.errors.take()).toHaveLength(1)

        const other = await site.connect()
        const failed = await waitFor('the error page', other.request().reply)
        expect(essence(failed)).toEqual(essence(atOnce))
        const { exchange } = await visit.arrived
        const outcome: Outcome = await waitFor('the outcome', exchange.outcome)
        expect(outcome).toMatchObject({
          kind: 'failed',
          status: failed.status,
          bytes: failed.body.length,
          error: { message: 'the template broke' },
        })
        await turns()
        expect(site.errors.take()).toHaveLength(1)
        const next = other.request({ path: '/next' }).reply
        expect(await waitFor('the next reply', next)).toMatchObject({ status: 200, text: 'next' })
      })
    }
  }

  row('B2 sends nothing of a page that failed to a HEAD', async () => {
    const site = await start(
      {
        '/': async (call) => {
          await writeHalf(call)
          throw new Error('the template broke')
        },
      },
      { options: patient },
    )
    const peer = await site.connect()
    const reply = await waitFor('the reply', peer.request({ method: 'HEAD' }).reply)
    expect(reply).toMatchObject({ status: 500, ending: 'complete', text: '' })
    for (const [name, value] of Object.entries(pageHeaders)) {
      expect(reply.headers[name]).not.toBe(value)
    }
    await turns()
    expect(site.errors.take()).toHaveLength(1)
  })

  row('B2 counts the error page alone where the head of the page is wrong', async () => {
    const visit = createVisit(({ res }) => {
      res.writeHead(200, { 'content-length': 4, 'no name': 'x' })
      res.end('half')
    })
    const site = await start({ '/': visit.handler }, { options: patient })
    const peer = await site.connect()
    const reply = await waitFor('the reply', peer.request().reply)
    expect(reply).toMatchObject({ status: 500, ending: 'complete' })
    const { exchange } = await visit.arrived
    expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
      kind: 'failed',
      bytes: reply.body.length,
    })
    await turns()
    expect(site.errors.take()).toHaveLength(1)
  })

  row('B2 leaves no client waiting whose handler takes the raw response, and throws', async () => {
    const handler: Handler = (call) => {
      call.raw()
      throw new Error('the template broke')
    }
    const site = await start({ '/': handler }, { options: patient })
    const peer = await site.connect()
    const reply = await waitFor('the end', peer.request().reply)
    expect([0, 500]).toContain(reply.status)
    await waitFor('an error', site.errors.some)
    expect(site.errors.take()).toHaveLength(1)
  })
}

async function* failing(error: Error): AsyncGenerator<string> {
  yield* spacedRows(10)
  throw error
}

/** What must be equal: all but what differs between any two replies. */
function essence({ status, headers, text, ending }: Reply) {
  const { date: _, ...others } = headers
  return { status, headers: others, text, ending }
}
