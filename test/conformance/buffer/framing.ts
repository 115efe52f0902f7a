import { text } from 'node:stream/consumers'
import { expect } from 'vitest'
import type { Call, Host } from '../../hosts/host.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { openConnection } from '../connection.ts'
import type { Reply } from '../peer.ts'
import { createStage } from '../stage.ts'
import { patient } from './pages.ts'

interface Example {
  readonly method?: string
  readonly handler: (call: Call) => unknown
  readonly reply: Partial<Reply>
  /** Headers that must not be there. */
  readonly without?: readonly string[]
  /** HTTP/2 does not have it. */
  readonly http1?: true
}

const twoWrites = async ({ res }: Call) => {
  if (res.statusCode === 404) res.statusCode = 200 // Koa begins with it.
  res.write('one')
  await turns()
  res.end('two')
}

const examples: Record<string, Example> = {
  'a HEAD without a body': {
    method: 'HEAD',
    handler: (call) => call.send(200, 'hello'),
    reply: { status: 200, text: '' },
  },
  'a 204 without a body or a length': {
    handler: ({ res }) => {
      res.writeHead(204)
      res.end()
    },
    reply: { status: 204, text: '' },
    without: ['content-length', 'transfer-encoding'],
  },
  'a 304 with its ETag': {
    handler: ({ res }) => {
      res.writeHead(304, { etag: '"1"' })
      res.end()
    },
    reply: { status: 304, text: '', headers: { etag: '"1"' } },
    without: ['content-length', 'transfer-encoding'],
  },
  'a range': {
    handler: async (call) => {
      call.res.writeHead(206, { 'content-range': 'bytes 0-5/100', 'content-length': 6 })
      await twoWrites(call)
    },
    reply: { status: 206, text: 'onetwo', headers: { 'content-range': 'bytes 0-5/100' } },
  },
  'headers that are lists': {
    handler: async (call) => {
      call.res.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] })
      await twoWrites(call)
    },
    reply: { status: 200, text: 'onetwo', headers: { 'set-cookie': 'a=1, b=2' } },
  },
  'headers in one flat list': {
    handler: async (call) => {
      Reflect.apply(call.res.writeHead, call.res, [200, ['X-One', '1', 'Set-Cookie', 'a=1']])
      await twoWrites(call)
    },
    reply: { status: 200, text: 'onetwo', headers: { 'x-one': '1', 'set-cookie': 'a=1' } },
  },
  'an informational response before it': {
    handler: async (call) => {
      call.res.statusCode = 200
      call.res.write('one')
      call.res.writeEarlyHints({ link: '</a.css>; rel=preload; as=style' })
      await turns()
      call.res.end('two')
    },
    reply: { status: 200, text: 'onetwo', informational: [103] },
  },
  'trailers that are added after a write': {
    handler: async ({ res }) => {
      res.statusCode = 200
      res.setHeader('trailer', 'x-sum')
      res.write('one')
      await turns()
      res.addTrailers({ 'x-sum': '3' })
      res.end()
    },
    reply: { status: 200, text: 'one', trailers: { 'x-sum': '3' } },
  },
  'trailers that are added before a write': {
    handler: async ({ res }) => {
      res.statusCode = 200
      res.addTrailers({ 'x-sum': '6' })
      res.write('one')
      await turns()
      res.end('two')
    },
    reply: { status: 200, text: 'onetwo', trailers: { 'x-sum': '6' } },
  },
  // `compression` does it, and Node's `end` of HTTP/2 calls `write` by name.
  'what wrapped methods write that are over with end()': {
    handler: async ({ res }) => {
      const { write, end } = res
      let isOver = false
      Object.assign(res, {
        write: (chunk: string) => !isOver && Reflect.apply(write, res, [chunk]),
        end() {
          isOver = true
          return Reflect.apply(end, res, [])
        },
      })
      res.statusCode = 200
      res.write('one')
      await turns()
      res.write('two')
      res.end()
    },
    reply: { status: 200, text: 'onetwo' },
  },
  'a length of its own': {
    handler: async (call) => {
      call.res.writeHead(200, { 'content-length': 6 })
      await twoWrites(call)
    },
    reply: { status: 200, text: 'onetwo', headers: { 'content-length': '6' } },
  },
  'a coding of its own': {
    handler: async (call) => {
      call.res.writeHead(200, { 'transfer-encoding': 'chunked' })
      await twoWrites(call)
    },
    reply: { status: 200, text: 'onetwo', headers: { 'transfer-encoding': 'chunked' } },
    without: ['content-length'],
    http1: true,
  },
}

/** B6: what HTTP has besides bodies, as without us. */
export function framing(host: Host): void {
  const { start, row } = createStage(host)

  for (const [what, { method, handler, reply, without = [], http1 }] of Object.entries(examples)) {
    if (http1 && host.speaks === 'h2') continue
    row(`B6 sends ${what}, and then the next response`, async () => {
      const site = await start(
        { '/': handler, '/next': (call) => call.send(200, 'next') },
        { options: patient },
      )
      const peer = await site.connect()
      const got = await waitFor('the reply', peer.request({ ...(method && { method }) }).reply)
      expect(got).toMatchObject({ ...reply, ending: 'complete' })
      for (const name of without) expect(got.headers[name]).toBeUndefined()
      const next = await waitFor('the next reply', peer.request({ path: '/next' }).reply)
      expect(next).toMatchObject({ status: 200, text: 'next', ending: 'complete' })
    })
  }

  row(
    'B6 corrects a length that was said too small, and leaves one that shows that the body is short',
    async () => {
      const said = (length: number) => async (call: Call) => {
        call.res.setHeader('content-length', length)
        await twoWrites(call)
      }
      const site = await start({ '/end': said(3), '/more': said(10) }, { options: patient })
      const lengthOf = async (path: string) => {
        const peer = await site.connect()
        const headers: Record<string, string> = host.speaks === 'h2' ? {} : { connection: 'close' }
        const reply = await waitFor('the reply', peer.request({ path, headers }).reply)
        return { ...reply, length: reply.headers['content-length'] }
      }
      expect(await lengthOf('/end')).toMatchObject({
        text: 'onetwo',
        length: '6',
        ending: 'complete',
      })
      const short = await lengthOf('/more')
      expect(short).toMatchObject({ text: 'onetwo', length: '10' })
      if (host.speaks !== 'h2') expect(short.ending).toBe('cut')
    },
  )

  if (host.speaks === 'h2') return

  row('B6 sends a reason phrase, and the names of headers as they were given', async () => {
    const site = await start(
      {
        '/': async (call) => {
          call.res.writeHead(299, 'Quite Fine', { 'X-CamelCase': 'kept', connection: 'close' })
          await twoWrites(call)
        },
      },
      { options: patient },
    )
    const { stream } = await openConnection({ port: site.port, tls: host.tls }, 'http/1.1')
    stream.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
    const wire = await waitFor('the reply', text(stream))
    expect(wire).toMatch(/^HTTP\/1\.1 299 Quite Fine\r\n/)
    expect(wire).toContain('\r\nX-CamelCase: kept\r\n')
    expect(wire).toMatch(/\r\n\r\nonetwo$/)
    stream.destroy()
  })

  row('B6 keeps strictContentLength strict', async () => {
    const site = await start(
      {
        '/': ({ res }) => {
          Object.assign(res, { strictContentLength: true })
          res.setHeader('content-length', 100)
          res.write('short')
          res.end()
        },
      },
      { options: patient },
    )
    const peer = await site.connect()
    const { ending, status } = await waitFor('the end', peer.request().reply)
    expect(ending === 'complete' ? status : ending).toBe(ending === 'complete' ? 500 : 'reset')
    await turns()
    const errors = site.errors.take()
    expect(errors).toHaveLength(1)
    expect(errors[0]?.text).toContain('ERR_HTTP_CONTENT_LENGTH_MISMATCH')
  })

  row('B6 sends a page to HTTP/1.0 with its length, and closes', async () => {
    const site = await start({ '/': twoWrites }, { options: patient })
    const client = await site.connectHttp1()
    client.send('GET / HTTP/1.0\r\nhost: localhost\r\n\r\n')
    const reply = await waitFor('the reply', client.expectReply().reply)
    expect(reply).toMatchObject({ text: 'onetwo', ending: 'complete' })
    expect(reply.headers).toMatchObject({ 'content-length': '6', connection: 'close' })
    expect(await waitFor('the close', client.closed)).toBe('fin')
  })
}
