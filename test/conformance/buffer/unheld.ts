import { Readable } from 'node:stream'
import { expect } from 'vitest'
import type { Call, Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage } from '../stage.ts'
import { createVisit } from '../visit.ts'
import { patient } from './pages.ts'

/** B5: what asks to be seen at once is not held at all. */
export function unheld(host: Host): void {
  const { start, row } = createStage(host)

  const events = { 'content-type': 'text/event-stream' }

  /** Each sends something at once, and ends only when the client has seen it. */
  const pages: Record<string, (call: Call, seen: Promise<void>) => unknown> = {
    'an event stream': async ({ res }, seen) => {
      res.statusCode = 200
      res.setHeader('content-type', 'text/event-stream; charset=utf-8')
      res.write('data: 1\n\n')
      await seen
      res.end('data: 2\n\n')
    },
    'an event stream by writeHead()': async ({ res }, seen) => {
      res.writeHead(200, { 'Content-Type': 'Text/Event-Stream' })
      res.write('data: 1\n\n')
      await seen
      res.end('data: 2\n\n')
    },
    'an event stream of the framework': (call, seen) =>
      call.stream(
        Readable.from(
          (async function* () {
            yield 'data: 1\n\n'
            await seen
            yield 'data: 2\n\n'
          })(),
        ),
        events,
      ),
    'flushed headers': async ({ res }, seen) => {
      res.statusCode = 200
      res.flushHeaders?.()
      await seen
      res.end()
    },
    'headers that are flushed after a write': async ({ res }, seen) => {
      res.statusCode = 200
      res.write('one')
      res.flushHeaders?.()
      await seen
      res.end()
    },
    'what res.flush() flushes': async ({ res }, seen) => {
      res.statusCode = 200
      res.write('one')
      res.flush?.()
      await seen
      res.end()
    },
    'what an added res.flush() flushes, as of compression': async ({ res }, seen) => {
      res.statusCode = 200
      res.flush = () => setImmediate(() => res.write('flushed'))
      res.writeHead(200)
      res.flush()
      await seen
      res.end()
    },
    'a page with X-Accel-Buffering: no': async ({ res }, seen) => {
      res.statusCode = 200
      res.setHeader('X-Accel-Buffering', 'no')
      res.write('one')
      await seen
      res.end()
    },
  }
  const takers: typeof pages = {
    'a response that was taken from the framework': async (call, seen) => {
      const res = call.raw()
      res.writeHead(200)
      res.write('one')
      await seen
      res.end()
    },
  }

  const takes = host.framework === 'koa' || host.framework === 'fastify'
  for (const [what, run] of Object.entries({ ...pages, ...(takes && takers) })) {
    row(`B5 does not hold ${what}`, async () => {
      const seen = createLatch()
      const visit = createVisit((call) => run(call, seen.opened))
      const site = await start({ '/': visit.handler }, { options: patient })
      const peer = await site.connect()
      const sent = peer.request()
      const head = await waitFor('the head', sent.head)
      expect(head).toMatchObject({ status: 200 })
      expect(head?.headers['content-length']).toBeUndefined()
      seen.open()
      expect(await waitFor('the reply', sent.reply)).toMatchObject({ ending: 'complete' })
    })
  }

  row('B5 sends each event of a stream by itself', async () => {
    const latches = Array.from({ length: 5 }, () => createLatch())
    const visit = createVisit(async ({ res }) => {
      res.writeHead(200, events)
      for (const [i, latch] of latches.entries()) {
        res.write(`data: ${i}\n\n`)
        await latch.opened
      }
      res.end()
    })
    const site = await start({ '/': visit.handler }, { options: patient })
    const wire = await site.connect()
    const sent = wire.request()
    await waitFor('the head', sent.head)
    for (const latch of latches) latch.open()
    const reply = await waitFor('the reply', sent.reply)
    expect(reply.text).toBe('data: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\n')
  })

  if (host.speaks === 'http/1.1') {
    row('B5 leaves upgraded connections alone', async () => {
      const site = await start({}, { options: patient })
      site.server.on('upgrade', (_req, socket) => {
        socket.on('error', () => {})
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n',
        )
        socket.pipe(socket)
      })
      const client = await site.connectHttp1()
      client.send('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n')
      const sent = client.expectReply()
      expect(await waitFor('the head', sent.head)).toMatchObject({ status: 101 })
      client.send('ping')
      client.halfClose()
      expect(await waitFor('the echo', sent.reply)).toMatchObject({ text: 'ping' })
    })
  }
}
