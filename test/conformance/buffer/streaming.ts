import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { expect } from 'vitest'
import type { Call, Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage, type Site } from '../stage.ts'
import { createVisit } from '../visit.ts'
import { patient } from './pages.ts'

const MAX_BYTES = 65_536
const CHUNK = Buffer.alloc(64 << 10, 'chunk')

/** B4: past `maxBytes`, or `maxDelayMs` after the first held byte, a response streams. */
export function streaming(host: Host): void {
  const { start, row } = createStage(host)

  row('B4 holds maxBytes, and streams with the byte that is one too many', async () => {
    const exact = createLatch()
    const visit = createVisit(async ({ res }) => {
      res.statusCode = 200
      res.write('x'.repeat(MAX_BYTES))
      await turns()
      expect(res.headersSent).toBe(false)
      res.write('y')
      expect(res.headersSent).toBe(true)
      await exact.opened
      res.end('z')
    })
    const site = await start({ '/': visit.handler }, { options: patient })
    const peer = await site.connect()
    const sent = peer.request()
    const head = await waitFor('the head', sent.head)
    expect(head?.status).toBe(200)
    expect(head?.headers['content-length']).toBeUndefined()
    exact.open()
    const reply = await waitFor('the reply', sent.reply)
    expect(reply).toMatchObject({ ending: 'complete' })
    expect(reply.text).toBe(`${'x'.repeat(MAX_BYTES)}yz`)
  })

  row('B4 obeys a maxBytes of its own', async () => {
    const seen = createLatch()
    const visit = createVisit(async ({ res }) => {
      res.statusCode = 200
      res.write('12345')
      expect(res.headersSent).toBe(false)
      res.write('678901')
      expect(res.headersSent).toBe(true)
      await seen.opened
      res.end()
    })
    const options = { buffer: { ...patient.buffer, maxBytes: 10 } }
    const site = await start({ '/': visit.handler }, { options })
    const peer = await site.connect()
    const sent = peer.request()
    await waitFor('the head', sent.head)
    seen.open()
    const reply = await waitFor('the reply', sent.reply)
    expect(reply).toMatchObject({ text: '12345678901', ending: 'complete' })
  })

  row('B4 sends what it holds maxDelayMs after the first byte, and then each write', async () => {
    const seen = [createLatch(), createLatch()] as const
    let beganMs = 0
    const visit = createVisit(async ({ res }) => {
      res.statusCode = 200
      beganMs = performance.now()
      res.write('one')
      await seen[0].opened
      res.write('two')
      await seen[1].opened
      res.end('three')
    })
    const site = await start({ '/': visit.handler }, { options: { buffer: { maxDelayMs: 100 } } })
    const peer = await site.connect()
    const sent = peer.request()
    await waitFor('the head', sent.head)
    expect(performance.now() - beganMs).toBeGreaterThan(90)
    seen[0].open()
    seen[1].open()
    const reply = await waitFor('the reply', sent.reply)
    expect(reply).toMatchObject({ text: 'onetwothree', ending: 'complete' })
  })

  row('B4 sends one end() of any size with its length', async () => {
    const site = await start({ '/': (call) => call.send(200, Buffer.alloc(1 << 20, 'big')) })
    const peer = await site.connect()
    const reply = await waitFor('the reply', peer.request().reply)
    expect(reply).toMatchObject({ status: 200, ending: 'complete' })
    expect(reply.body.equals(Buffer.alloc(1 << 20, 'big'))).toBe(true)
  })

  const downloads: Record<string, (call: Call, source: Readable) => unknown> = {
    'the framework': (call, source) => call.stream(source),
    'pipe()': async (call, source) => {
      const res = call.raw()
      res.statusCode = 200
      source.pipe(res)
      await once(res, 'close')
    },
    'writes that await drain': async (call, source) => {
      const res = call.raw()
      res.statusCode = 200
      for await (const chunk of source) {
        if (!res.write(chunk)) await once(res, 'drain')
      }
      res.end()
    },
  }

  for (const [how, download] of Object.entries(downloads)) {
    row(`B4 stops reading a download by ${how} while its client does not read`, async () => {
      const total = 512
      let pulled = 0
      const source = Readable.from(
        (async function* () {
          for (; pulled < total; pulled++) {
            yield CHUNK
            await turns(1)
          }
        })(),
        { highWaterMark: 1 },
      )
      const visit = createVisit((call) => download(call, source))
      const site = await start({ '/': visit.handler })
      const { sent, blocked } = await askSlowly(site)
      await waitFor('the request', visit.arrived)
      await waitFor(
        'the download to stop',
        blocked(() => pulled),
      )
      expect(pulled).toBeLessThan(total / 2)
      sent.resume()
      const reply = await waitFor('the reply', sent.reply, 10_000)
      expect(reply.ending).toBe('complete')
      expect(reply.body.length).toBe(total * CHUNK.length)
    })

    row(`B4 delivers a download by ${how} byte for byte`, async () => {
      const whole = Buffer.from(Array.from({ length: 4 << 20 }, (_, i) => (i * 31) % 251))
      const visit = createVisit((call) => download(call, Readable.from(slices(whole, 10_007))))
      const site = await start({ '/': visit.handler })
      const peer = await site.connect()
      const reply = await waitFor('the reply', peer.request().reply)
      expect(reply.ending).toBe('complete')
      expect(hash(reply.body)).toBe(hash(whole))
    })
  }

  /** A client that does not read until it is told to. */
  async function askSlowly(site: Site) {
    const peer = await site.connect()
    peer.pause()
    const sent = peer.request()
    return { sent: { ...sent, resume: () => peer.resume() }, blocked: settledCount }
  }
}

/** Resolves once this has not changed for a while: there is no event for what does not go on. */
async function settledCount(count: () => number): Promise<void> {
  let last = -1
  for (let same = 0; same < 3; ) {
    await new Promise((next) => setTimeout(next, 50))
    same = count() === last && last > 0 ? same + 1 : 0
    last = count()
  }
}

function* slices(whole: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size)
}

function hash(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}
