import { Readable } from 'node:stream'
import { expect } from 'vitest'
import type { Call, Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage, type Site } from '../stage.ts'
import { createVisit } from '../visit.ts'
import { patient } from './pages.ts'

/** More than is held. */
const MUCH = 'x'.repeat(100_000)

/** B3: what fails after it has begun is taken for whole by no client and no proxy. */
export function cutFailures(host: Host): void {
  const { start, row } = createStage(host)

  /** Each commits its response, waits until the client has seen that, and fails. */
  const failures: Record<string, (call: Call, seen: Promise<unknown>) => unknown> = {
    'writes more than is held and throws': async ({ res }, seen) => {
      res.statusCode = 200
      res.write(MUCH)
      await seen
      throw new Error('the template broke')
    },
    'flushes its headers and throws': async ({ res }, seen) => {
      res.statusCode = 200
      res.flushHeaders?.()
      await seen
      throw new Error('the template broke')
    },
    'flushes its headers, writes and throws in one turn': async ({ res }, seen) => {
      res.statusCode = 200
      res.flushHeaders?.()
      await seen
      res.write('row')
      throw new Error('the template broke')
    },
    'declares a length, writes less and throws': async ({ res }, seen) => {
      res.statusCode = 200
      res.setHeader('content-length', 1_000_000)
      res.write(MUCH)
      await seen
      throw new Error('the template broke')
    },
    'takes the raw response, writes and throws': async (call, seen) => {
      const res = call.raw()
      res.writeHead(200, { 'content-type': 'text/plain' })
      res.flushHeaders?.()
      res.write('row')
      await seen
      throw new Error('the template broke')
    },
    'streams from a source that fails': (call, seen) =>
      call.stream(
        Readable.from(
          (async function* () {
            yield MUCH
            await seen
            throw new Error('the template broke')
          })(),
        ),
      ),
  }

  const destroyers: typeof failures = {
    'destroys the response': async ({ res }, seen) => {
      res.statusCode = 200
      res.write(MUCH)
      await seen
      res.destroy()
    },
    'destroys the response with an error': async ({ res }, seen) => {
      res.statusCode = 200
      res.write(MUCH)
      await seen
      res.destroy(new Error('the template broke'))
    },
  }

  const versions = host.speaks === 'h2' ? ['2'] : ['1.1', '1.0']
  for (const version of versions) {
    for (const [what, fail] of Object.entries({ ...failures, ...destroyers })) {
      row(`B3 resets a response over HTTP/${version} whose handler ${what}`, async () => {
        const seen = createLatch()
        const visit = createVisit((call) => fail(call, seen.opened))
        const site = await start(
          { '/': visit.handler, '/next': (call) => call.send(200, 'next') },
          { options: patient },
        )
        const { sent, another } = await ask(site, version)
        expect(await waitFor('the head', sent.head)).toMatchObject({ status: 200 })
        seen.open()
        const reply = await waitFor('the end', sent.reply)
        expect(reply.ending).toBe('reset')
        if (host.speaks === 'h2') expect(reply.code).toBe('NGHTTP2_INTERNAL_ERROR')
        const { exchange } = await visit.arrived
        const outcome = await waitFor('the outcome', exchange.outcome)
        expect(outcome).toMatchObject({ phase: 'response', status: 200 })
        expect(outcome).toMatchObject(tellsWhy(what) ? { kind: 'failed' } : { by: 'server' })
        expect(await waitFor('the next reply', another())).toMatchObject({ text: 'next' })
        await turns()
        const errors = site.errors.take()
        if (what in failures && tellsWhy(what)) expect(errors).toHaveLength(1)
      })
    }
  }

  row('B3 runs the rest of a handler whose response was cut, quietly', async () => {
    const seen = createLatch()
    const visit = createVisit(async ({ res }) => {
      res.write(MUCH)
      await seen.opened
      res.destroy()
      res.setHeader('x-late', '1')
      res.write('more')
      await turns()
      await new Promise<void>((done) => res.end('end', () => done()))
    })
    const site = await start({ '/': visit.handler }, { options: patient })
    const peer = await site.connect()
    const sent = peer.request()
    await waitFor('the head', sent.head)
    seen.open()
    expect(await waitFor('the end', sent.reply)).toMatchObject({ ending: 'reset' })
    await waitFor('the handler', visit.over)
  })

  const afterDestroy: Record<string, (call: Call) => unknown> = {
    'ends it': ({ res }) => res.end(),
    'ends it with the rest': ({ res }) => res.end('rest'),
    'writes on': async ({ res }) => {
      res.write('rest')
      await turns()
      res.end()
    },
    'writes on, more than is held': async ({ res }) => {
      res.write(MUCH)
      await turns()
      res.end()
    },
    'flushes it': ({ res }) => res.flushHeaders?.(),
  }

  for (const [what, run] of Object.entries(afterDestroy)) {
    row(
      `B3 cuts a response whose handler destroys it with an error, and then ${what}`,
      async () => {
        const visit = createVisit((call) => {
          const { res } = call
          res.statusCode = 200
          res.write('half')
          res.destroy(new Error('the template broke'))
          return run(call)
        })
        const site = await start({ '/': visit.handler }, { options: patient })
        const peer = await site.connect()
        const { ending } = await waitFor('the end', peer.request().reply)
        expect(['cut', 'reset']).toContain(ending)
        const { exchange } = await visit.arrived
        const outcome = await waitFor('the outcome', exchange.outcome)
        expect(outcome).toMatchObject({
          kind: 'aborted',
          by: 'server',
          error: { message: 'the template broke' },
        })
        expect(exchange.signal.aborted).toBe(false)
        await waitFor('the handler', visit.over)
        await turns()
        site.errors.take()
      },
    )
  }

  if (host.speaks === 'http/1.1') {
    row('B3 lets the response before a failed one on the same connection end first', async () => {
      const first = createVisit(async (call) => {
        await second.over
        await turns()
        call.send(200, 'first')
      })
      const second = createVisit(async ({ res }) => {
        res.write(MUCH)
        throw new Error('the template broke')
      })
      const site = await start(
        { '/': first.handler, '/second': second.handler },
        { options: patient },
      )
      const peer = await site.connect()
      const [whole, cut] = [peer.request(), peer.request({ path: '/second' })]
      expect(await waitFor('the first', whole.reply)).toMatchObject({
        text: 'first',
        ending: 'complete',
      })
      const { ending } = await waitFor('the second', cut.reply)
      expect(['cut', 'reset']).toContain(ending)
      expect(site.errors.take()).toHaveLength(1)
    })

    row('B3 cuts the first of two responses that have failed behind another one', async () => {
      const fail = ({ res }: Call) => {
        res.write(MUCH)
        throw new Error('the template broke')
      }
      const first = createVisit(async (call) => {
        await third.over
        await turns()
        call.send(200, 'first')
      })
      const second = createVisit(fail)
      const third = createVisit(async (call) => {
        await second.over
        await turns()
        fail(call)
      })
      const routes = { '/': first.handler, '/second': second.handler, '/third': third.handler }
      const site = await start(routes, { options: patient })
      const peer = await site.connect()
      const [whole, cut] = ['/', '/second', '/third'].map((path) => peer.request({ path }))
      expect(await waitFor('the first', whole?.reply)).toMatchObject({ text: 'first' })
      const reply = await waitFor('the second', cut?.reply)
      expect(['cut', 'reset']).toContain(reply?.ending)
      expect(site.errors.take()).toHaveLength(2)
    })
  }

  /** Fastify destroys the response of a failed stream without another word, and logs it as a warning. */
  function tellsWhy(what: string): boolean {
    if (what === 'destroys the response') return false
    return host.framework !== 'fastify' || !what.startsWith('streams')
  }

  /** The request, and another one after it: on the same session, or on a connection of its own. */
  async function ask(site: Site, version: string) {
    if (version !== '1.0') {
      const peer = await site.connect()
      const nextPeer = async () => (host.speaks === 'h2' ? peer : site.connect())
      return {
        sent: peer.request(),
        another: async () => (await nextPeer()).request({ path: '/next' }).reply,
      }
    }
    const client = await site.connectHttp1()
    client.send('GET / HTTP/1.0\r\nhost: localhost\r\n\r\n')
    return {
      sent: client.expectReply(),
      another: async () => (await site.connectHttp1()).request({ path: '/next' }).reply,
    }
  }
}
