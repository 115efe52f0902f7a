import { expect } from 'vitest'
import type { Call, Host } from '../../hosts/host.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import type { Peer, Sent } from '../peer.ts'
import { createStage } from '../stage.ts'
import { createVisit } from '../visit.ts'

const ROUNDS = 15
const PART = Buffer.alloc(64 << 10, 'upload')
const PARTS = 32
const bytes = { 'content-type': 'application/octet-stream' }
const text = { 'content-type': 'text/plain' }

/** B10: a reply to an unfinished upload is sent at once and arrives whole. */
export function earlyReplies(host: Host): void {
  const { start, row } = createStage(host)

  const refusals: Record<string, (call: Call) => unknown> = {
    'without reading it': (call) => call.send(413, 'too large'),
    'by an error after the first bytes': async ({ req }) => {
      for await (const _ of req) throw tooLarge()
    },
    'after it stopped reading': async (call) => {
      await new Promise<void>((enough) => {
        call.req.on('data', () => enough())
      })
      call.req.removeAllListeners('data')
      call.req.pause()
      call.send(413, 'too large')
    },
    'by an error at once': () => {
      throw tooLarge()
    },
  }
  const connections: Record<string, Record<string, string>> = host.speaks === 'h2'
    ? { 'a stream': {} }
    : { 'a connection that stays': {}, 'a connection that closes': { connection: 'close' } }

  for (const [how, refuse] of Object.entries(refusals)) {
    for (const [on, header] of Object.entries(connections)) {
      row(`B10 answers an upload of 2 MB ${how}, on ${on}, and the answer arrives`, async () => {
        const site = await start({ '/': (call) => refuse(call) })
        for (let round = 0; round < ROUNDS; round++) {
          const peer = await site.connect()
          const { reply } = await upload(peer, { ...bytes, ...header })
          expect(reply).toMatchObject({ ending: 'complete' })
          expect([413, 500]).toContain(reply.status)
          await turns()
        }
        expect(site.errors.take().filter(({ from }) => from === 'process')).toEqual([])
      })
    }
  }

  if (host.framework === 'express' || host.framework === 'fastify') {
    row('B10 delivers the answer of a body parser whose limit is reached', async () => {
      const site = await start({ '/': (call) => call.send(200) })
      for (let round = 0; round < ROUNDS; round++) {
        const peer = await site.connect()
        const { reply } = await upload(peer, text)
        expect(reply).toMatchObject({ status: 413, ending: 'complete' })
        await turns()
      }
      site.errors.take()
    })
  }

  row('B10 answers at once, however slow the upload', async () => {
    const site = await start({
      '/': () => {
        throw tooLarge()
      },
    })
    const peer = await site.connect()
    const sent = peer.request({ open: true, body: 'a part', headers: bytes })
    expect(await waitFor('the reply', sent.reply, 1_000)).toMatchObject({ ending: 'complete' })
    await turns()
    site.errors.take()
  })

  row('B10 leaves an upload alone that is read after its answer', async () => {
    let received = 0
    const visit = createVisit(async (call) => {
      call.res.statusCode = 202
      call.res.end('accepted')
      for await (const chunk of call.req) received += chunk.length
    })
    const site = await start({ '/': visit.handler })
    const peer = await site.connect()
    const sent = peer.request({ open: true, body: 'first', headers: bytes })
    expect(await waitFor('the reply', sent.reply)).toMatchObject({ status: 202 })
    sent.end('second')
    if (host.speaks === 'http/1.1') {
      await waitFor('the handler', visit.over)
      expect(received).toBe('firstsecond'.length)
    }
  })

  if (host.speaks === 'http/1.1') {
    row('B10 serves the request behind a small upload that nobody read', async () => {
      const site = await start({
        '/': (call) => call.send(401, 'who are you'),
        '/next': (call) => call.send(200, 'next'),
      })
      const peer = await site.connect()
      const headers = { ...bytes, 'content-length': '20000' }
      const sent = peer.request({ open: true, body: Buffer.alloc(10_000), headers })
      expect(await waitFor('the reply', sent.reply)).toMatchObject({ status: 401 })
      sent.write(Buffer.alloc(10_000))
      const next = peer.request({ path: '/next' })
      expect(await waitFor('the next reply', next.reply)).toMatchObject({ text: 'next' })
    })

    for (const [on, header] of Object.entries(connections)) {
      row(`B10 never takes what is left of an upload for a request, on ${on}`, async () => {
        const visit = createVisit((call) => call.send(200, 'smuggled'))
        const site = await start({
          '/': (call) => call.send(413, 'too large'),
          '/smuggled': visit.handler,
        })
        let isSmuggled = false
        void visit.arrived.then(() => {
          isSmuggled = true
        })
        const client = await site.connectHttp1()
        const smuggled = 'GET /smuggled HTTP/1.1\r\nhost: localhost\r\n\r\n'
        const headers = { ...bytes, ...header, 'content-length': `${1 << 30}` }
        const sent = client.request({ open: true, body: smuggled, headers })
        expect(await waitFor('the reply', sent.reply)).toMatchObject({ status: 413 })
        const stuffing = Buffer.from(smuggled.repeat(2_000))
        let isClosed = false
        void client.closed.then(() => {
          isClosed = true
        })
        while (!isClosed) {
          sent.write(stuffing)
          await turns(1)
        }
        expect(isSmuggled).toBe(false)
      })
    }

    row('B10 serves no request that follows an answer which closes', async () => {
      const visit = createVisit((call) => call.send(200, 'late'))
      const site = await start({
        '/': (call) => call.send(413, 'too large'),
        '/late': visit.handler,
      })
      let isServed = false
      void visit.arrived.then(() => {
        isServed = true
      })
      const client = await site.connectHttp1()
      const headers = { ...bytes, connection: 'close', 'content-length': '20000' }
      const sent = client.request({ open: true, body: Buffer.alloc(10_000), headers })
      expect(await waitFor('the reply', sent.reply)).toMatchObject({ status: 413 })
      sent.write(Buffer.alloc(10_000))
      client.send('GET /late HTTP/1.1\r\nhost: localhost\r\n\r\n')
      await waitFor('the close', client.closed)
      await turns()
      expect(isServed).toBe(false)
    })
  }
}

/** Sends 2 MB in pieces and goes on until all is sent, whatever comes back meanwhile. */
async function upload(peer: Peer, headers: Record<string, string>) {
  const sent: Sent = peer.request({
    method: 'POST',
    open: true,
    headers: { ...headers, 'content-length': `${PART.length * PARTS}` },
  })
  for (let part = 1; part <= PARTS; part++) {
    if (part === PARTS) sent.end(PART)
    else sent.write(PART)
    await turns(1)
  }
  return { reply: await waitFor('the reply', sent.reply) }
}

function tooLarge(): Error {
  return Object.assign(new Error('too large'), { status: 413, statusCode: 413 })
}
