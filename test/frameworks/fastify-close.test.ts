import { AsyncResource } from 'node:async_hooks'
import dns from 'node:dns'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import process from 'node:process'
import { hangup } from '@hangup/fastify'
import fastify, {
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyServerOptions,
} from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { connectHttp1, type Http1Client } from '../conformance/client.ts'
import { createPhases } from '../conformance/drain/phases.ts'
import { createLatch } from '../support/latch.ts'
import { startClock } from '../support/own-time.ts'
import { pause } from '../support/pause.ts'
import { waitFor } from '../support/wait-for.ts'

const DRAIN = { graceMs: 2_000, abortMs: 300, closeMs: 1_000, idleGraceMs: 300 }

/** What a user of Fastify expects of its own close. */
describe('app.close() of Fastify', () => {
  const apps: FastifyInstance[] = []
  const clients: Http1Client[] = []

  afterEach(async () => {
    for (const client of clients.splice(0)) client.reset()
    for (const app of apps.splice(0)) await app.close()
  })

  async function create(options: FastifyServerOptions = {}) {
    const app: FastifyInstance = fastify(options)
    const phases = createPhases()
    apps.push(app)
    await app.register(hangup, { signals: false, drain: DRAIN, onPhase: phases.onPhase })
    return { app, phases }
  }

  async function connectTo(app: FastifyInstance): Promise<Http1Client> {
    const client = await connectHttp1({ port: portOf(app), tls: false })
    clients.push(client)
    return client
  }

  const places: Record<string, (app: FastifyInstance, plugin: FastifyPluginAsync) => unknown> = {
    'on the application': (app, plugin) => plugin(app, {}),
    'in a plugin of its own': (app, plugin) => app.register(plugin),
  }

  for (const [place, mount] of Object.entries(places)) {
    it(`D2 shuts both servers of 'localhost' before it waits for any request, ${place}`, async () => {
      const restore = giveLocalhost(['127.0.0.1', '127.0.0.2'])
      const app: FastifyInstance = fastify()
      apps.push(app)
      const phases = createPhases()
      const goOn = createLatch()
      const arrived = createLatch()
      await mount(app, async (scope) => {
        await scope.register(hangup, { signals: false, drain: DRAIN, onPhase: phases.onPhase })
        scope.get('/', async () => {
          arrived.open()
          await goOn.opened
          return 'served'
        })
      })
      await app.listen({ port: 0, host: 'localhost' }).finally(restore)
      const port = portOf(app)
      const hosts = app.addresses().map((at) => (typeof at === 'string' ? at : at.address))
      // Others than Linux may have no second address of loopback.
      if (process.platform === 'linux') expect(hosts).toHaveLength(2)
      const { reply } = (await connectTo(app)).request()
      await waitFor('the request', arrived.opened)
      const closed = app.close()
      await phases.reached('finish')
      for (const host of hosts) {
        expect(await waitFor(`${host} to refuse`, connectionTo(host, port))).not.toBe('connected')
      }
      goOn.open()
      expect(await waitFor('the reply', reply)).toMatchObject({ status: 200, text: 'served' })
      await waitFor('the close', closed)
    })
  }

  it('D3 serves kept connections while it drains: no 503 of its own', async () => {
    const { app, phases } = await create()
    app.get('/', async () => 'served')
    await app.listen({ port: 0, host: '127.0.0.1' })
    const client = await connectTo(app)
    await waitFor('a reply', client.request().reply)
    const closed = app.close()
    await phases.reached('finish')
    const { status, headers } = await waitFor('a reply', client.request().reply)
    expect({ status, connection: headers.connection }).toEqual({ status: 200, connection: 'close' })
    await waitFor('the close', closed)
  })

  it('D4 does not wait for the keep-alive time-out of an idle connection', async () => {
    const { app } = await create({ keepAliveTimeout: 60_000 })
    app.get('/', async () => 'served')
    await app.listen({ port: 0, host: '127.0.0.1' })
    const client = await connectTo(app)
    await waitFor('a reply', client.request().reply)
    const elapsed = startClock()
    await waitFor('the close', app.close())
    expect(elapsed()).toBeLessThan(DRAIN.idleGraceMs + 500)
    expect(await client.closed).toBe('fin')
  })

  it("D11 runs Fastify's preClose hooks first, our clean-up, then its onClose hooks in its order", async () => {
    const { app } = await create()
    const order: string[] = []
    app.addHook('onClose', async () => void order.push('app'))
    app.addHook('preClose', async () => void order.push('preClose'))
    app.register(async (child) => {
      child.addHook('onClose', async () => {
        await pause(20)
        order.push('first plugin')
      })
    })
    app.register(async (child) => {
      child.addHook('onClose', async () => void order.push('second plugin'))
    })
    app.hangup.onClose('db', async () => {
      await pause(20)
      order.push('db')
    })
    app.hangup.onClose('queue', () => order.push('queue'))
    await app.listen({ port: 0, host: '127.0.0.1' })
    await waitFor('the close', app.close())
    expect(order).toEqual(['preClose', 'queue', 'db', 'second plugin', 'first plugin', 'app'])
  })

  it("D11 keeps the name of the framework's own clean-up to itself", async () => {
    const { app } = await create()
    expect(() => app.hangup.onClose('framework', () => {})).toThrow(/not used before/)
  })

  it('D11 reports an onClose hook of Fastify that fails', async () => {
    const { app } = await create()
    app.addHook('onClose', async () => {
      throw new Error('as the row wants it')
    })
    await app.ready()
    const report = await waitFor('the drain', app.hangup.drain())
    expect(report).toMatchObject({
      clean: false,
      hooks: [{ name: 'framework', error: { message: 'as the row wants it' } }],
    })
    apps.pop()
  })

  it('D13 takes a callback, comes back at once when called again, and injects no more', async () => {
    const { app } = await create()
    app.get('/', async () => 'served')
    expect((await app.inject('/')).body).toBe('served')
    const called = new Promise<void>((resolve) => app.close(() => resolve()))
    await waitFor('the callback', called)
    await waitFor('a second close', app.close())
    await waitFor('the drain', app.hangup.drain())
    await expect(app.inject('/')).rejects.toThrow(/closed/)
  })

  it('D13 does not wait for itself where a clean-up function closes the app, as NestJS does', async () => {
    const { app } = await create()
    const order: string[] = []
    app.addHook('onClose', async () => void order.push('onClose of Fastify'))
    app.hangup.onClose('first', () => order.push('first'))
    app.hangup.onClose('nest', async () => {
      await app.close()
      order.push('nest')
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const drained = app.hangup.drain()
    const closed = app.close().then(() => order.push('closed'))
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
    await waitFor('the close', closed)
    expect(order).toEqual(['nest', 'first', 'onClose of Fastify', 'closed'])
  })

  it("D13 does not wait for itself behind a hook of Fastify's that ends in another context", async () => {
    const app = fastify()
    apps.push(app)
    const elsewhere = new AsyncResource('elsewhere')
    app.addHook('preClose', (done) => elsewhere.runInAsyncScope(setImmediate, null, done))
    await app.register(hangup, { signals: false, drain: DRAIN })
    await app.listen({ port: 0, host: '127.0.0.1' })
    expect(await waitFor('the drain', app.hangup.drain())).toMatchObject({ clean: true })
  })

  it('D13 drains an app whose plugin stands behind a prefix', async () => {
    const app = fastify()
    apps.push(app)
    const phases = createPhases()
    const goOn = createLatch()
    const arrived = createLatch()
    await app.register(
      async (child) => {
        await child.register(hangup, { signals: false, drain: DRAIN, onPhase: phases.onPhase })
        child.get('/held', async () => {
          arrived.open()
          await goOn.opened
          return 'served'
        })
      },
      { prefix: '/api' },
    )
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { reply } = (await connectTo(app)).request({ path: '/api/held' })
    await waitFor('the request', arrived.opened)
    const closed = app.close()
    await phases.reached('finish')
    goOn.open()
    expect(await waitFor('the reply', reply)).toMatchObject({ status: 200, text: 'served' })
    await waitFor('the close', closed)
  })

  it('D13 drains a server that serverFactory has made', async () => {
    const { app, phases } = await create({
      serverFactory: (handler) => createServer((req, res) => handler(req, res)),
    })
    const goOn = createLatch()
    const arrived = createLatch()
    app.get('/', async () => {
      arrived.open()
      await goOn.opened
      return 'served'
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { reply } = (await connectTo(app)).request()
    await waitFor('the request', arrived.opened)
    const closed = app.close()
    await phases.reached('finish')
    goOn.open()
    const { status, headers } = await waitFor('the reply', reply)
    expect({ status, connection: headers.connection }).toEqual({ status: 200, connection: 'close' })
    await waitFor('the close', closed)
  })

  it('D7 is not held by a handler that returns its reply after the client has left', async () => {
    const { app, phases } = await create()
    const arrived = createLatch()
    app.get('/', async (request, reply) => {
      arrived.open()
      await new Promise((resolve) => request.signal.addEventListener('abort', resolve))
      await pause(20)
      return reply
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const client = await connectTo(app)
    client.request()
    client.request()
    await waitFor('the request', arrived.opened)
    client.reset()
    await waitFor('the close', app.close())
    expect(phases.entered).not.toContain('abort')
  })
})

function portOf(app: FastifyInstance): number {
  const address = app.server.address()
  if (address === null || typeof address === 'string')
    throw new Error('the application does not listen')
  return address.port
}

type LookedUp = (error: NodeJS.ErrnoException | null, found: dns.LookupAddress[]) => void

/** What Fastify's look-up of the name finds, as a file of hosts would have it: many machines have one address there. */
function giveLocalhost(addresses: readonly string[]): () => void {
  const { lookup } = dns
  const found = addresses.map((address) => ({ address, family: 4 }))
  Reflect.set(dns, 'lookup', (name: string, options: dns.LookupAllOptions, done: LookedUp) => {
    const isFastify = name === 'localhost' && options.all && !('port' in options)
    if (isFastify) setImmediate(() => done(null, found))
    else lookup(name, options, done)
  })
  return () => Reflect.set(dns, 'lookup', lookup)
}

function connectionTo(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once('connect', () => {
      socket.destroy()
      resolve('connected')
    })
    socket.once('error', ({ code = '' }: NodeJS.ErrnoException) => resolve(code))
  })
}
