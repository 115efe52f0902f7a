import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { PassThrough, pipeline, Readable } from 'node:stream'
import { finished, pipeline as pipelineOf } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Exchange } from '@hangup/core'
import { expect } from 'vitest'
import type { Call, Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { startClock } from '../../support/own-time.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { leavesOf, suddenLeave } from '../leaves.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit } from '../visit.ts'

/** From what is known to be the end, and of the time that this process had. */
const BOUND_MS = 100

/** Big, and on every machine. */
const FILE = process.execPath

/** B7: once the client is gone nothing is written, nothing throws, and nothing waits for ever. */
export function waits(host: Host): void {
  const { start, row } = createStage(host)

  /** A handler has all the time until `left`; what it does then must come to an end. */
  const waiting: Record<string, (call: Call, left: Promise<unknown>) => unknown> = {
    "waits for 'drain'": async ({ res }) => {
      res.write(Buffer.alloc(32 << 20))
      await settle(once(res, 'drain'))
    },
    "waits for 'drain' after the client left": async ({ res }, left) => {
      res.write(Buffer.alloc(32 << 20))
      await left
      await settle(once(res, 'drain'))
    },
    "writes and waits for 'drain' after the client left": async ({ res }, left) => {
      await left
      res.write('to nobody')
      await settle(once(res, 'drain'))
    },
    'writes until it is told to wait, for ever': async ({ res, signal }) => {
      while (!signal.aborted)
        if (!res.write(Buffer.alloc(64 << 10))) await settle(once(res, 'drain'))
    },
    'waits for a write': async ({ res }) => {
      res.flushHeaders?.()
      await new Promise<void>((done) => res.write(Buffer.alloc(32 << 20), () => done()))
    },
    'waits for a write after the client left': async ({ res }, left) => {
      await left
      await new Promise<void>((done) => res.write('to nobody', () => done()))
    },
    'waits for end()': ({ res }) =>
      new Promise<void>((done) => res.end(Buffer.alloc(32 << 20), () => done())),
    'waits for end() after the client left': async ({ res }, left) => {
      await left
      await new Promise<void>((done) => res.end('to nobody', () => done()))
      await new Promise<void>((done) => res.end(() => done()))
    },
    'waits for end() without data after the client left': async ({ res }, left) => {
      await left
      await new Promise<void>((done) => res.end(() => done()))
    },
    'waits for finished()': async ({ res }) => {
      res.flushHeaders?.()
      await settle(finished(res))
    },
    'awaits a pipeline': ({ res }) => settle(pipelineOf(endless(), res)),
    'awaits a pipeline that starts after the client left': async ({ res }, left) => {
      await left
      await settle(pipelineOf(endless(), res))
    },
    'waits for a pipeline to call back that starts after the client left': async (
      { res },
      left,
    ) => {
      await left
      await new Promise<void>((done) => {
        try {
          pipeline(endless(), res, () => done())
        } catch {
          done() // Node 24 and 26 throw at once.
        }
      })
    },
  }

  for (const [what, run] of Object.entries(waiting)) {
    for (const leave of leavesOf(host)) {
      row(
        `B7 lets a handler go on that ${what}, when the client leaves by ${leave.name}`,
        async () => {
          const visit = createVisit(async (call) => {
            const left = aborted(call.signal)
            call.res.statusCode = 200
            await run(call, left)
          })
          const site = await start({ '/': visit.handler })
          const peer = await site.connect()
          peer.pause()
          const sent = peer.request()
          const { exchange } = await waitFor('the request', visit.arrived)
          await turns()
          leave.go(peer, sent)
          expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({ by: 'client' })
          await waitFor('the handler', visit.over)
          await turns()
        },
      )
    }
  }

  row('B7 lets a handler do what it likes to a response whose client left', async () => {
    const visit = createVisit(async ({ res, signal }) => {
      await aborted(signal)
      for (const headersAre of ['unsent', 'sent'] as const) {
        res.setHeader('x-late', headersAre)
        res.removeHeader('x-late')
        res.getHeader('x-late')
        res.writeHead(200, { 'x-late': headersAre })
        res.writeEarlyHints({ link: '</a.css>; rel=preload' })
        res.flushHeaders?.()
        res.flush?.()
        expect(res.write('late')).toBe(false)
        await turns(2)
      }
      res.addTrailers({ 'x-sum': '1' })
      res.end('late')
      res.end()
      res.write('later')
      res.destroy()
    })
    const site = await start({ '/': visit.handler })
    const peer = await site.connect()
    const sent = peer.request()
    const { exchange } = await waitFor('the request', visit.arrived)
    peer.reset()
    void sent
    expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({ by: 'client', bytes: 0 })
    await waitFor('the handler', visit.over)
    await turns()
  })

  const files: Record<
    string,
    (call: Call, open: () => Readable, left: Promise<unknown>) => unknown
  > = {
    'by pipe()': async (call, open, left) => {
      open().pipe(call.raw())
      await left
    },
    'by pipe() after the client left': async (call, open, left) => {
      await left
      open().pipe(call.raw())
    },
    'by pipe() through gzip': async (call, open, left) => {
      const res = call.raw()
      res.writeHead(200, { 'content-encoding': 'gzip' })
      open()
        .pipe(createGzip({ level: 1 }))
        .pipe(res)
      await left
    },
    'by pipeline()': (call, open) => settle(pipelineOf(open(), call.raw())),
    'by pipeline() after the client left': async (call, open, left) => {
      await left
      const file = open()
      await pipelineOf(file, call.raw()).catch((error: NodeJS.ErrnoException) => {
        // Node 24 and 26 refuse a closed response before they take the file: it stays the caller's.
        if (error.code === 'ERR_STREAM_UNABLE_TO_PIPE') file.destroy()
      })
    },
    'by a loop': async ({ res, signal }, open) => {
      for await (const chunk of open()) {
        if (!res.write(chunk)) await once(res, 'drain')
        if (signal.aborted) return
      }
    },
    'by the framework': (call, open) => call.stream(open()),
    // Of bare Node it is a pipeline as above.
    ...(host.framework !== 'node' && {
      'by the framework after the client left': async (
        call: Call,
        open: () => Readable,
        left: Promise<unknown>,
      ) => {
        await left
        return call.stream(open())
      },
    }),
  }

  for (const [how, run] of Object.entries(files)) {
    for (const leave of leavesOf(host)) {
      row(
        `B7 closes a file that is sent ${how}, when the client leaves by ${leave.name}`,
        async () => {
          const opened = createLatch<Readable>()
          const open = () => {
            const file = createReadStream(FILE)
            file.on('error', () => {})
            opened.open(file)
            return file
          }
          const visit = createVisit((call) => {
            const left = aborted(call.signal)
            call.res.statusCode = 200
            return run(call, open, left)
          })
          const site = await start({ '/': visit.handler })
          const peer = await site.connect()
          peer.pause()
          const sent = peer.request()
          const { exchange } = await waitFor('the request', visit.arrived)
          if (!how.endsWith('left')) {
            await waitFor('the file', once(await opened.opened, 'open'))
            await turns()
          }
          leave.go(peer, sent)
          expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({ by: 'client' })
          const file = await waitFor('the file to be opened', opened.opened)
          await letGo(file)
          await waitFor('the file to close', closeOf(file))
          await waitFor('the handler', visit.over)
          await turns()
          expect(site.hang.exchanges()).toEqual([])
        },
      )
    }
  }

  row('B7 keeps nothing in flight for a file that a handler has piped and left', async () => {
    const exchange = createLatch<Exchange>()
    const site = await start({
      '/': (call) => {
        exchange.open(call.exchange)
        createReadStream(FILE).pipe(call.raw())
      },
    })
    const peer = await site.connect()
    const sent = peer.request()
    await waitFor('the head', sent.head)
    peer.pause()
    suddenLeave(host).go(peer, sent)
    const { outcome } = await exchange.opened
    expect(await waitFor('the outcome', outcome)).toMatchObject({ by: 'client' })
    await turns()
    expect(site.hang.exchanges()).toEqual([])
  })

  row('B7 leaves a source alone that has no destroy(), as old streams have none', async () => {
    const source = new Readable({ read() {} })
    Object.defineProperty(source, 'destroy', { value: undefined })
    const visit = createVisit(async (call) => {
      const res = call.raw()
      res.statusCode = 200
      source.push('part')
      source.pipe(res)
      await aborted(call.signal)
    })
    const site = await start({ '/': visit.handler })
    const peer = await site.connect()
    peer.request()
    const { exchange } = await waitFor('the request', visit.arrived)
    await turns()
    peer.reset()
    expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({ by: 'client' })
    await waitFor('the handler', visit.over)
    await turns()
  })

  row('B7 leaves a source alone that another response reads', async () => {
    const source = new PassThrough()
    const handler = async (call: Call) => {
      const res = call.raw()
      res.statusCode = 200
      res.flushHeaders?.()
      source.pipe(res)
      await once(res, 'close')
    }
    const visit = createVisit(handler)
    const site = await start({ '/': visit.handler, '/stays': handler })
    const [peer, other] = [await site.connect(), await site.connect()]
    const sent = peer.request()
    const stays = other.request({ path: '/stays' })
    await waitFor('two heads', Promise.all([sent.head, stays.head]))
    const { exchange } = await visit.arrived
    peer.reset()
    await waitFor('the outcome', exchange.outcome)
    await turns()
    expect(source.destroyed).toBe(false)
    source.end('for those who stay')
    expect(await waitFor('the reply', stays.reply)).toMatchObject({ text: 'for those who stay' })
  })
}

/** Resolves once it has been told to close: when the kernel does is up to a thread that may be starved. */
async function letGo(file: Readable): Promise<void> {
  await new Promise<number>((resolve) => {
    const stop = startClock((ms) => {
      if (file.destroyed || ms > BOUND_MS) resolve(stop())
    })
  })
  expect(file.destroyed, `told to close within ${BOUND_MS} ms`).toBe(true)
}

async function closeOf(file: Readable): Promise<void> {
  if (!file.closed) await new Promise((closed) => file.once('close', closed))
}

function endless(): Readable {
  return Readable.from(
    (async function* () {
      for (;;) {
        yield Buffer.alloc(64 << 10)
        await turns(1)
      }
    })(),
  )
}

/** Resolves when it has settled, either way. */
async function settle(promise: Promise<unknown>): Promise<void> {
  await promise.catch(() => {})
}
