import { EventEmitter, once } from 'node:events'
import { createServer, IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { finished } from 'node:stream'
import { createHangup } from '@hangup/core'
import { hangup } from '@hangup/fastify'
import { fastify } from 'fastify'
import { afterEach, expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import type { PeerRequest } from '../conformance/peer.ts'
import { collect } from '../support/heap.ts'
import { turns } from '../support/turns.ts'
import { waitFor } from '../support/wait-for.ts'

type Serve = (req: IncomingMessage, res: ServerResponse) => unknown

const { handler } = createHangup({ signals: false })
const hosts: Record<string, (serve: Serve) => Serve> = {
  us: (serve) => handler(serve),
  nobody: (serve) => serve,
}

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function connected(serve: Serve) {
  const server = createServer(serve).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = await connectHttp1({ port, tls: false })
  closers.push(() => {
    client.reset()
    server.close()
  })
  return client
}

async function ask(serve: Serve, request: PeerRequest): Promise<void> {
  const client = await connected(serve)
  await waitFor('the reply', client.request(request).reply)
  await turns()
}

/** What became of the request, as whoever has kept it sees it. */
function seen(req: IncomingMessage) {
  const { complete, aborted, readable, readableEnded, readableAborted, readableDidRead } = req
  const { destroyed, closed, errored } = req
  const streamed = { readable, readableEnded, readableAborted, readableDidRead }
  return { complete, aborted, ...streamed, destroyed, closed, errored }
}

async function readAfterwards(req: IncomingMessage) {
  const chunks: unknown[] = [req.read()]
  for await (const chunk of req) chunks.push(chunk)
  return chunks
}

const requests: Record<string, PeerRequest> = {
  'no body': {},
  'an empty body': { method: 'POST', body: '' },
  'a body': { method: 'POST', body: 'body' },
}

const hears = ['readable', 'data', 'end', 'close', 'error', 'aborted'] as const

function hear(req: IncomingMessage, tell: (what: string) => void): void {
  for (const event of hears) req.on(event, () => tell(event))
}

/** What a handler may do with its request, and tell of it. */
const uses: Record<string, (tell: (what: string) => void) => Serve> = {
  'is left alone': () => (_req, res) => res.end('hello'),
  'is left alone by a handler that answers later': () => async (_req, res) => {
    await turns(2)
    res.end('hello')
  },
  'is heard from the start': (tell) => (req, res) => {
    hear(req, tell)
    res.end('hello')
  },
  "is heard by its 'end' alone": (tell) => (req, res) => {
    req.on('end', () => tell('end'))
    res.end('hello')
  },
  "is heard by its 'close' alone": (tell) => (req, res) => {
    req.on('close', () => tell('close'))
    res.end('hello')
  },
  "is heard from the response's 'finish' on": (tell) => (req, res) => {
    res.on('finish', () => hear(req, tell))
    res.end('hello')
  },
  "is heard from the response's 'close' on": (tell) => (req, res) => {
    res.on('close', () => hear(req, tell))
    res.end('hello')
  },
  'is waited for by `finished` once the response has finished': (tell) => (req, res) => {
    res.on('finish', () => finished(req, (error) => tell(`over: ${error?.message}`)))
    res.end('hello')
  },
  'is waited for by `finished` once all is over': (tell) => async (req, res) => {
    res.end('hello')
    await turns(2)
    finished(req, (error) => tell(`over: ${error?.message}`))
  },
  'is read once all is over': (tell) => async (req, res) => {
    res.end('hello')
    await turns(2)
    tell(`read: ${JSON.stringify(await readAfterwards(req).catch(String))}`)
  },
  "is read from the response's 'finish' on": (tell) => (req, res) => {
    res.on('finish', async () => tell(`read: ${await readAfterwards(req).catch(String)}`))
    res.end('hello')
  },
  'has been paused': () => (req, res) => {
    req.pause()
    res.end('hello')
  },
  'has been resumed': (tell) => (req, res) => {
    hear(req.resume(), tell)
    res.end('hello')
  },
  'has been read': (tell) => async (req, res) => {
    for await (const chunk of req) tell(String(chunk))
    res.end('hello')
  },
  "is destroyed on the response's 'finish'": (tell) => (req, res) => {
    res.on('finish', () => hear(req.destroy(), tell))
    res.end('hello')
  },
  "is destroyed on the response's 'close', and its connection with it": (tell) => (req, res) => {
    req.socket.on('close', () => tell('the connection closes'))
    res.on('close', () => req.destroy())
    res.end('hello')
  },
  "is destroyed on the response's 'close', and heard from there on": (tell) => (req, res) => {
    res.on('close', async () => {
      req.destroy()
      await null
      hear(req, tell)
    })
    res.end('hello')
  },
  'is destroyed once all is over': (tell) => async (req, res) => {
    req.socket.on('close', () => tell('the connection closes'))
    res.end('hello')
    await turns(2)
    req.destroy()
  },
  "is destroyed with an error on the response's 'finish'": (tell) => (req, res) => {
    res.on('finish', () => {
      req.destroy(new Error('by the handler'))
      process.nextTick(hear, req, tell)
    })
    res.end('hello')
  },
  "is destroyed with an error on the response's 'close'": () => (req, res) => {
    res.on('close', () => req.destroy(new Error('by the handler')))
    res.end('hello')
  },
  "is looked at on the response's 'finish' and 'close'": (tell) => (req, res) => {
    for (const event of ['finish', 'close'])
      res.on(event, () => tell(`${event}: ${JSON.stringify(seen(req))}`))
    res.end('hello')
  },
  'has an `emit` of its own': (tell) => (req, res) => {
    const { emit } = req
    req.emit = (event: string | symbol, ...args: unknown[]) => {
      tell(`emits ${String(event)}`)
      return Reflect.apply(emit, req, [event, ...args])
    }
    res.end('hello')
  },
  'has a `destroy` of its own': (tell) => (req, res) => {
    const { destroy } = req
    req.destroy = (error) => {
      tell('destroy')
      return Reflect.apply(destroy, req, [error])
    }
    res.end('hello')
  },
  'has a `_destroy` of its own': (tell) => (req, res) => {
    const { _destroy } = req
    req._destroy = (error, done) => {
      tell('_destroy')
      Reflect.apply(_destroy, req, [error, done])
    }
    res.end('hello')
  },
  'came on a connection that ends': () => (_req, res) => res.setHeader('connection', 'close').end(),
}

for (const [what, request] of Object.entries(requests)) {
  for (const [use, serve] of Object.entries(uses)) {
    it(`B6 leaves a request with ${what} as it is without us that ${use}`, async () => {
      const found: Record<string, unknown> = {}
      for (const [who, wrap] of Object.entries(hosts)) {
        const told: string[] = []
        const serveIt = serve((event) => told.push(event))
        let kept: IncomingMessage | undefined
        const keep: Serve = (req, res) => {
          kept = req
          return serveIt(req, res)
        }
        await ask(wrap(keep), request)
        found[who] = { told, ...(kept && seen(kept)) }
      }
      expect(found.us).toEqual(found.nobody)
      expect(found.nobody).toHaveProperty('complete', true)
    })
  }
}

it('B6 says the end of a request once that an injection made with a class of Node', async () => {
  const told: unknown[] = []
  const app = fastify()
  await app.register(hangup, { signals: false })
  app.addHook('preParsing', async ({ raw }) => void raw.on('end', () => told.push('end')))
  app.post('/', async () => 'hello')
  const { body } = await app.inject({
    ...{ method: 'POST', url: '/', Request: IncomingMessage },
    payload: { some: 'body' },
  })
  await turns()
  expect([body, ...told]).toEqual(['hello', 'end'])
})

it('P1 ends a request that nobody has touched without an event', async () => {
  const { prototype } = EventEmitter
  const { emit } = prototype
  closers.push(() => {
    prototype.emit = emit
  })
  // 'readable' comes when all of the request has, on Node 20 to 24.
  const told: unknown[] = []
  prototype.emit = function (event: string | symbol, ...args: unknown[]) {
    if (this instanceof IncomingMessage && event !== 'readable') told.push(event)
    return Reflect.apply(emit, this, [event, ...args])
  }
  await ask(
    handler((_req, res) => res.end('hello')),
    {},
  )
  expect(told).toEqual([])
})

it('P4 keeps no request in mind whose connection is idle', async () => {
  let request: WeakRef<IncomingMessage> | undefined
  const client = await connected(
    handler((req, res) => {
      request = new WeakRef(req)
      res.end('hello')
    }),
  )
  await waitFor('the reply', client.request().reply)
  const isForgotten = async () => {
    while (request?.deref() !== undefined) {
      await turns(1)
      collect()
    }
  }
  await waitFor('the request to be forgotten', isForgotten())
})
