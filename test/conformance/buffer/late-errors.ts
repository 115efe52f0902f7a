import { expect } from 'vitest'
import type { Call, Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { pause } from '../../support/pause.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage } from '../stage.ts'
import { createVisit } from '../visit.ts'

const HELD_MS = 10
/** The later of two timers comes later, on a slow machine too. */
const LONGER_THAN_HELD_MS = 50

/** B9: errors of the handler's own arrive once, and harm nobody else. */
export function lateErrors(host: Host): void {
  const { start, row } = createStage(host)

  row('B9 leaves the next request alone when a handler fails after its response', async () => {
    const failed = createLatch()
    const first = createVisit(async ({ res, exchange }) => {
      res.statusCode = 200
      res.end('first')
      await exchange.outcome
      await second.arrived
      throw new Error('too late')
    })
    const second = createVisit(async ({ res }) => {
      res.statusCode = 200
      await failed.opened
      await turns()
      res.end('second')
    })
    const site = await start({ '/': first.handler, '/second': second.handler })
    const peer = await site.connect()
    const [one, two] = [peer.request(), peer.request({ path: '/second' })]
    expect(await waitFor('the first reply', one.reply)).toMatchObject({ text: 'first' })
    await waitFor('the failure', first.over)
    await waitFor('an error', site.errors.some)
    failed.open()
    expect(await waitFor('the second reply', two.reply)).toMatchObject({
      text: 'second',
      ending: 'complete',
    })
    const three = peer.request({ path: '/second' })
    expect(await waitFor('the third reply', three.reply)).toMatchObject({ text: 'second' })
    const errors = site.errors.take()
    expect(errors).toHaveLength(1)
    expect(errors[0]?.text).toContain('too late')
  })

  if (host.framework === 'koa' && host.speaks === 'http/1.1') {
    row('B9 lets Koa tell of what a handler destroys its connection with, once', async () => {
      const site = await start({
        '/': ({ req }) => void req.socket.destroy(new Error('the handler has had enough')),
      })
      const peer = await site.connect()
      await waitFor('the end', peer.request().reply)
      await waitFor('an error', site.errors.some)
      await turns()
      const errors = site.errors.take()
      expect(errors).toHaveLength(1)
      expect(errors[0]?.text).toContain('the handler has had enough')
    })
  }

  const mistakes: Record<string, (call: Call) => unknown> = {
    'writes after end()': ({ res }) => {
      res.end('whole')
      res.write('late')
    },
    'ends twice': ({ res }) => {
      res.end('whole')
      res.end('late')
    },
    'writes after the end of what was held': ({ res }) => {
      res.write('wh')
      res.end('ole')
      res.write('late')
    },
    'writes a turn after end()': async ({ res }) => {
      res.end('whole')
      await turns()
      res.write('late')
    },
    'writes after the end of what was flushed': ({ res }) => {
      res.flushHeaders?.()
      res.end('whole')
      res.write('late')
    },
  }

  for (const [what, run] of Object.entries(mistakes)) {
    row(`B9 outlives a handler that ${what}, and sends its response whole`, async () => {
      const visit = createVisit((call) => {
        call.res.statusCode = 200
        return run(call)
      })
      const site = await start({ '/': visit.handler, '/next': (call) => call.send(200, 'next') })
      const peer = await site.connect()
      const reply = await waitFor('the reply', peer.request().reply)
      expect(reply).toMatchObject({ status: 200, text: 'whole', ending: 'complete' })
      const { exchange } = await visit.arrived
      expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({ kind: 'flushed' })
      await waitFor('the handler', visit.over)
      await turns()
      const next = peer.request({ path: '/next' })
      expect(await waitFor('the next reply', next.reply)).toMatchObject({ text: 'next' })
      // It may be reported as the mistake that it is, but it must not reach the process.
      expect(site.errors.take().filter(({ from }) => from === 'process')).toEqual([])
    })
  }

  row('B9 gives a write after end() the error that Node gives', async () => {
    const got = createLatch<unknown>()
    const visit = createVisit(({ res }) => {
      res.statusCode = 200
      res.end('whole')
      res.write('late', got.open)
    })
    const site = await start({ '/': visit.handler })
    const peer = await site.connect()
    await waitFor('the reply', peer.request().reply)
    expect(await waitFor('the callback', got.opened)).toMatchObject({
      code: 'ERR_STREAM_WRITE_AFTER_END',
    })
    await turns()
    expect(site.errors.take().filter(({ from }) => from === 'process')).toEqual([])
  })

  const wrongs: Record<string, (call: Call) => unknown> = {
    'writes a number': ({ res }) => {
      res.write('half')
      res.write(42)
    },
    'ends with an object': ({ res }) => {
      res.write('half')
      res.end({})
    },
    'sends a status that is none': ({ res }) => {
      res.write('half')
      res.writeHead(99)
    },
    'sets a header that is none': ({ res }) => {
      res.write('half')
      res.setHeader('no header', 'x')
    },
    'writes in an encoding that is none': ({ res }) => {
      res.write('half')
      Reflect.apply(res.write, res, ['row', 'no-encoding'])
    },
    'ends in an encoding that is none': ({ res }) => {
      res.write('half')
      Reflect.apply(res.end, res, ['row', 'no-encoding'])
    },
  }

  /** What HTTP/2 has no place for, or refuses at once. */
  const http1Wrongs: typeof wrongs = {
    'sends a reason phrase that is none': ({ res }) => {
      res.write('half')
      res.writeHead(200, 'no\nphrase')
    },
    'announces trailers, and says a length': ({ res }) => {
      res.setHeader('trailer', 'x-sum')
      res.setHeader('content-length', 4)
      res.write('half')
      res.addTrailers({ 'x-sum': '1' })
      res.end()
    },
    'sets a status that is none, and is held for too long': async ({ res }) => {
      res.write('half')
      res.statusCode = 99
      await pause(LONGER_THAN_HELD_MS)
      res.end('row')
    },
    'sets a status that is none, and writes too much': ({ res }) => {
      res.statusCode = 99
      res.write('half'.repeat(100_000))
    },
  }

  for (const [what, run] of Object.entries(
    host.speaks === 'h2' ? wrongs : { ...wrongs, ...http1Wrongs },
  )) {
    row(`B9 reports a handler that ${what}, once, with a clean page`, async () => {
      const visit = createVisit(async (call) => {
        call.res.statusCode = 200
        await run(call)
      })
      const site = await start(
        { '/': visit.handler },
        { options: { buffer: { maxDelayMs: HELD_MS } } },
      )
      const peer = await site.connect()
      const reply = await waitFor('the reply', peer.request().reply)
      expect(reply).toMatchObject({ status: 500, ending: 'complete' })
      expect(reply.text).not.toContain('half')
      await waitFor('an error', site.errors.some)
      await turns()
      expect(site.errors.take()).toHaveLength(1)
    })
  }
}
