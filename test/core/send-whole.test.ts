import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { createHangup, type HangupOptions } from '@hangup/core'
import { afterEach, expect, it } from 'vitest'
import { turns } from '../support/turns.ts'
import { waitFor } from '../support/wait-for.ts'
import { countsWrites, countWriteCalls } from '../support/write-calls.ts'

type Answer = (res: ServerResponse) => unknown

const LARGE = 300_000
const BINARY = Buffer.from([0, 1, 2, 253, 254, 255])

const answers: Record<string, Answer> = {
  text: (res) => res.end('hello'),
  'text beyond ASCII': (res) => res.end('dix-sept €'),
  'text in Latin-1': (res) => res.end('déjà vu', 'latin1'),
  'text in hexadecimals': (res) => res.end('00ff10', 'hex'),
  bytes: (res) => res.end(BINARY),
  'a large text': (res) => res.end('é'.repeat(LARGE)),
  'large bytes': (res) => res.end(Buffer.alloc(LARGE, 'x')),
  nothing: (res) => res.end(),
  'an empty text': (res) => res.end(''),
  'headers of its own': (res) => res.setHeader('content-type', 'text/plain').end('hello'),
  'a length of its own': (res) => res.setHeader('Content-Length', 5).end('hello'),
  'a length that is too large': (res) => res.setHeader('Content-Length', 9).end('hello'),
  'a strict length': (res) => {
    res.strictContentLength = true
    res.setHeader('Content-Length', 5).end('hello')
  },
  'a length that was taken away': (res) => {
    res.setHeader('Content-Length', 5).removeHeader('Content-Length')
    res.end('hello')
  },
  'a coding of its own': (res) => res.setHeader('Transfer-Encoding', 'chunked').end('hello'),
  'a head that says the length': (res) => res.writeHead(201, { 'Content-Length': 5 }).end('hello'),
  'no date': (res) => {
    res.sendDate = false
    res.end('hello')
  },
  'the end of the connection': (res) => res.setHeader('Connection', 'close').end('hello'),
  'a response that is corked': (res) => {
    res.cork()
    res.end('hello')
    res.uncork()
  },
  'a status that has no body': (res) => res.writeHead(204).end('hello'),
  'a 304': (res) => res.writeHead(304, { ETag: '"1"' }).end('hello'),
  'early hints before it': (res) => {
    res.writeEarlyHints({ link: '</a.css>; rel=preload; as=style' })
    res.end('hello')
  },
}

/** Held, these get a Content-Length in place of chunks. */
const chunked: Record<string, Answer> = {
  'a head that does not say the length': (res) =>
    res.writeHead(201, 'Made', { 'X-One': '1' }).end('hello'),
  'a head in one list': (res) => res.writeHead(200, ['X-One', '1', 'X-Two', '2']).end('hello'),
}

const requests: Record<string, string> = {
  'HTTP/1.1': 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'HTTP/1.0': 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
  HEAD: 'HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n',
}

const LAST = 'GET /last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function portOf(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** All that is on the wire until the server ends it, but the time. */
async function wireOf(listener: RequestListener, request: string): Promise<string> {
  const socket = connect(await portOf(listener), '127.0.0.1')
  socket.setEncoding('latin1').write(request)
  const wire = await waitFor('the end of the connection', text(socket))
  return wire.replaceAll(/\r\nDate: [^\r]+/g, '\r\nDate: then')
}

/** The answer, then one that ends the connection. */
async function compare(answer: Answer, request: string, options: HangupOptions): Promise<void> {
  const listener: RequestListener = (req, res) =>
    req.url === '/last' ? res.end('last') : answer(res)
  const bare = await wireOf(listener, request + LAST)
  expect(bare).toMatch(/^HTTP\/1\.1 [123]/)
  const { handler } = createHangup({ signals: false, ...options })
  expect(await wireOf(handler(listener), request + LAST)).toBe(bare)
}

for (const [form, request] of Object.entries(requests)) {
  for (const [what, answer] of Object.entries(answers)) {
    it(`B6 ends with ${what} (${form}), byte for byte as without us`, () =>
      compare(answer, request, {}))
  }
  for (const [what, answer] of Object.entries({ ...answers, ...chunked })) {
    it(`B6 ends with ${what} (${form}), unheld, byte for byte as without us`, () =>
      compare(answer, request, { buffer: false }))
  }
}

const WRITES = 'as many write system calls'
if (!countsWrites) it.skip(`B1 takes ${WRITES} (only Linux counts them for whoever asks)`)
for (const [what, answer] of countsWrites ? Object.entries({ ...answers, ...chunked }) : []) {
  it(`B1 ends with ${what}, unheld, in ${WRITES} as without us`, async () => {
    const { handler } = createHangup({ signals: false, buffer: false })
    const listener: RequestListener = (_req, res) => answer(res.setHeader('connection', 'close'))
    expect(await callsFor(handler(listener))).toBe(await callsFor(listener))
  })
}

/** Of the server and of its client, which are one thread. */
function callsFor(listener: RequestListener): Promise<number> {
  const writes = countWriteCalls()
  closers.push(writes.stop)
  return writes.of(() => wireOf(listener, requests['HTTP/1.1'] ?? ''))
}

it('B6 ends with one call to whoever has wrapped the response before us', async () => {
  const calls: unknown[][] = []
  const { handler } = createHangup({ signals: false })
  const handle = handler((_req, res) => res.end('hello'))
  const wire = await wireOf((req, res) => {
    const { write, end } = res
    res.write = (...args: unknown[]) => {
      calls.push(['write', args[0]])
      return Reflect.apply(write, res, args)
    }
    res.end = (...args: unknown[]) => {
      calls.push(['end', args[0]])
      return Reflect.apply(end, res, args)
    }
    handle(req, res)
  }, LAST)
  expect(wire).toContain('hello')
  expect(calls).toEqual([['end', 'hello']])
})

const states: Record<string, RequestListener> = {
  'in the same order': () => {},
  'and not on a connection that is destroyed': (req) => req.destroy(),
}

for (const [what, prepare] of Object.entries(states)) {
  it(`B6 finishes a response once, ${what}, as without us`, async () => {
    async function eventsOf(
      wrap: (listener: RequestListener) => RequestListener,
    ): Promise<string[]> {
      const events: string[] = []
      const listener = wrap((req, res) => {
        for (const event of ['prefinish', 'finish', 'close'])
          res.on(event, () => events.push(event))
        prepare(req, res)
        // On a connection that is gone Node leaves it uncalled (B7).
        const { destroyed } = req
        res.end('hello', () => !destroyed && events.push('callback'))
        events.push(res.writableEnded ? 'ended' : 'open')
      })
      await wireOf(listener, LAST)
      return events
    }
    const { handler } = createHangup({ signals: false })
    expect(await eventsOf((listener) => handler(listener))).toEqual(
      await eventsOf((listener) => listener),
    )
  })
}

it('B7 closes each response once behind a request that destroys its connection', async () => {
  const closed: unknown[] = []
  const { handler } = createHangup({ signals: false })
  const listener: RequestListener = handler((req, res) => {
    res.on('close', () => closed.push(req.url))
    if (req.url === '/') req.destroy()
    process.nextTick(() => res.end('hello'))
  })
  await wireOf(listener, requests['HTTP/1.1'] + LAST)
  await turns()
  expect(closed.sort()).toEqual(['/', '/last'])
})
