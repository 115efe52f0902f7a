import { createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { getRequest, type Target } from '../../packages/check/src/clients/target.ts'
import { openWire, type Wire } from '../../packages/check/src/clients/wire.ts'
import { createRecorder } from '../../packages/check/src/recorder.ts'
import type { Fate } from '../../packages/check/src/result.ts'
import { listen } from '../hosts/transport.ts'

const OK = 'HTTP/1.1 200 OK\r\n'
const PIECES_MS = 20

/** What a service writes, in pieces, how it goes on, and what has become of the request. */
const ANSWERS: [what: string, pieces: string[], then: Then, fate: Fate][] = [
  ['a whole answer', [`${OK}Content-Length: 2\r\n\r\nok`], 'stay', 'answered'],
  [
    'one in pieces',
    ['HTTP/1.1 200', ' OK\r\nContent-Le', 'ngth: 2\r\n\r', '\no', 'k'],
    'stay',
    'answered',
  ],
  [
    'one in chunks',
    [`${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n`, '0\r\n', '\r\n'],
    'stay',
    'answered',
  ],
  [
    'chunks with trailers',
    [`${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n`],
    'stay',
    'answered',
  ],
  [
    'an informational one before',
    [`HTTP/1.1 103 Early Hints\r\n\r\n${OK}Content-Length: 0\r\n\r\n`],
    'stay',
    'answered',
  ],
  ['no body', ['HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n'], 'stay', 'answered'],
  ['one that ends with FIN', [`${OK}\r\nok`], 'end', 'answered'],
  ['one that has no length, reset', [`${OK}\r\nok`], 'reset', 'truncated'],
  ['half a body, then FIN', [`${OK}Content-Length: 4\r\n\r\nok`], 'end', 'truncated'],
  [
    'chunks without the last',
    [`${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n`],
    'end',
    'truncated',
  ],
  ['half a head', ['HTTP/1.1 200 OK\r\nConte'], 'reset', 'truncated'],
  ['FIN alone', [], 'end', 'lost'],
  ['a reset alone', [], 'reset', 'lost'],
  ['500', ['HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n'], 'stay', 'failed'],
  ['503', ['HTTP/1.1 503 Going\r\nContent-Length: 0\r\n\r\n'], 'stay', 'failed'],
  ['what is no HTTP', ['220 mail.example.com ESMTP\r\n\r\n'], 'end', 'failed'],
  ['404', ['HTTP/1.1 404 None\r\nContent-Length: 0\r\n\r\n'], 'stay', 'answered'],
]
type Then = 'stay' | 'end' | 'reset'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

describe('what has become of a request', () => {
  for (const roundTripMs of [0, 10]) {
    it.each(ANSWERS)(`%s, at a round trip of ${roundTripMs} ms`, async (_, pieces, then, fate) => {
      const recorder = createRecorder()
      const target = await serve(async (socket) => {
        for (const piece of pieces) {
          socket.write(piece)
          await new Promise((next) => setTimeout(next, PIECES_MS))
        }
        if (then === 'end') socket.end()
        if (then === 'reset') socket.resetAndDestroy()
      })
      const wire = open(target, recorder, roundTripMs)
      expect((await wire.send(getRequest(target))).fate).toBe(fate)
      expect(recorder.counts).toMatchObject({ [fate]: 1 })
      expect(recorder.finish().requests).toMatchObject([{ fate, label: 'GET /work' }])
    })
  }

  it('refused, where nobody listens', async () => {
    const recorder = createRecorder()
    const target = await serve(() => {})
    closing.pop()?.()
    const wire = open(target, recorder)
    expect((await wire.send(getRequest(target))).fate).toBe('refused')
    expect(recorder.finish().connections).toMatchObject([{ how: 'refused' }])
  })

  it('refused, where the connection is known to be over', async () => {
    const recorder = createRecorder()
    const target = await serve((socket) =>
      socket.end('HTTP/1.1 204 None\r\nConnection: close\r\n\r\n'),
    )
    const wire = open(target, recorder)
    expect((await wire.send(getRequest(target))).fate).toBe('answered')
    expect(wire.isOpen).toBe(false)
    expect((await wire.send(getRequest(target))).fate).toBe('refused')
  })

  it('refused, where its loss is excused', async () => {
    const recorder = createRecorder()
    const target = await serve((socket) => socket.resetAndDestroy())
    const wire = openWire(target, recorder, { excuse: () => true })
    expect((await wire.send(getRequest(target))).fate).toBe('refused')
  })

  it('hung, where the check gives up', async () => {
    const recorder = createRecorder()
    const target = await serve(() => {})
    const wire = open(target, recorder)
    const answer = wire.send(getRequest(target))
    await wire.opened
    recorder.giveUp()
    wire.leave('fin')
    await answer
    expect(recorder.counts).toMatchObject({ hung: 1, lost: 0 })
    const { requests, connections } = recorder.finish()
    expect(requests[0]).not.toHaveProperty('to')
    expect(connections).toMatchObject([{ how: 'timeout' }])
  })

  it('left, where the client hangs up, which no count holds', async () => {
    const recorder = createRecorder()
    const target = await serve(() => {})
    const wire = open(target, recorder)
    const answer = wire.send(getRequest(target))
    await wire.opened
    wire.leave('reset')
    expect((await answer).fate).toBe('left')
    expect(Object.values(recorder.counts)).toEqual([0, 0, 0, 0, 0, 0])
  })
})

function open(target: Target, recorder: ReturnType<typeof createRecorder>, roundTripMs = 0): Wire {
  const wire = openWire(target, recorder, { roundTripMs })
  closing.push(() => wire.leave('fin'))
  return wire
}

/** Calls `answer` with a socket once a request has come on it. */
async function serve(answer: (socket: Socket) => void): Promise<Target> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('data', () => answer(socket))
  })
  closing.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const port = await listen(server)
  return {
    url: new URL(`http://127.0.0.1:${port}/work`),
    address: '127.0.0.1',
    port,
    isSecure: false,
    checksCertificate: false,
    headers: [],
    paths: { work: '/work', upload: '/work', download: '/work' },
  }
}
