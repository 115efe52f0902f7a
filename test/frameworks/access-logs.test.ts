import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { Server } from 'node:net'
import { Readable } from 'node:stream'
import { createHangup, type Hangup, type HangupOptions, type Outcome } from '@hangup/core'
import { hangup as expressHangup } from '@hangup/express'
import { hangup as fastifyHangup } from '@hangup/fastify'
import { hangup as koaHangup } from '@hangup/koa'
import express from 'express'
import fastify, { type FastifyInstance } from 'fastify'
import Koa from 'koa'
import morgan from 'morgan'
import { pinoHttp } from 'pino-http'
import { afterEach, describe, expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import { connectHttp2 } from '../conformance/h2-client.ts'
import { leavesOf } from '../conformance/leaves.ts'
import type { Host } from '../hosts/host.ts'
import { listen, portOf } from '../hosts/transport.ts'
import { createLatch, type Latch } from '../support/latch.ts'
import { turns } from '../support/turns.ts'
import { waitFor } from '../support/wait-for.ts'

/** What an access log has to say of one request, whichever logger writes it. */
interface Line {
  readonly by: 'morgan' | 'pino-http' | 'fastify' | 'onResponse'
  readonly status: number
  readonly message?: string
}

interface Running {
  readonly server: Server
  readonly hang: Hangup
  readonly lines: Line[]
}

type Body = Buffer | Readable | undefined

/** What a path answers with; `undefined`: nothing, ever. */
type Answer = () => Body

const BIG = Buffer.alloc(32 << 20)

const answers: Readonly<Record<string, Answer>> = {
  '/never': () => undefined,
  '/file': () => createReadStream(process.execPath),
  '/big': () => BIG,
  '/small': () => Buffer.from('small'),
  '/failing': () =>
    Readable.from(
      (async function* () {
        yield Buffer.alloc(1 << 20)
        throw new Error('row 50')
      })(),
    ),
}

// As the guide says: by default both leave the status out where no head was sent.
morgan.token('told', (_, res) => `${res.statusCode}`)

function createLoggers(lines: Line[]) {
  const write = (line: string) => {
    const { res, msg } = JSON.parse(line)
    lines.push({ by: 'pino-http', status: res.statusCode, message: msg })
  }
  return {
    morgan: morgan(':told', {
      stream: { write: (line) => void lines.push({ by: 'morgan', status: Number(line) }) },
    }),
    pino: pinoHttp(
      { serializers: { res: (res) => ({ ...res, statusCode: res.raw.statusCode }) } },
      { write },
    ),
  }
}

type Start = (options: HangupOptions) => Promise<Running>

const hosts: Readonly<
  Record<string, { start: Start; speaks: Host['speaks']; loggers: Line['by'][] }>
> = {
  express: {
    speaks: 'http/1.1',
    loggers: ['morgan', 'pino-http'],
    async start(options) {
      const lines: Line[] = []
      const loggers = createLoggers(lines)
      const hang = expressHangup(options)
      const app = express()
      app.set('env', 'test') // Its errors are not what this is about.
      app.use(hang, loggers.morgan, loggers.pino)
      app.use((req, res, next) => {
        const body = answers[req.path]?.()
        if (body instanceof Readable) body.on('error', next).pipe(res)
        else if (body !== undefined) res.send(body)
      })
      return { server: hang.attach(await listening(http.createServer(app))), hang, lines }
    },
  },
  koa: {
    speaks: 'http/1.1',
    loggers: ['morgan', 'pino-http'],
    async start(options) {
      const lines: Line[] = []
      const loggers = createLoggers(lines)
      const hang = koaHangup(options)
      const app = new Koa()
      app.silent = true
      app.use(hang)
      app.use((ctx, next) => {
        logBoth(loggers, ctx.req, ctx.res)
        return next()
      })
      app.use(async (ctx) => {
        const body = answers[ctx.path]?.()
        if (body === undefined) await new Promise(() => {})
        ctx.body = body
      })
      const server = http.createServer(app.callback())
      return { server: hang.attach(await listening(server)), hang, lines }
    },
  },
  node: {
    speaks: 'http/1.1',
    loggers: ['morgan', 'pino-http'],
    async start(options) {
      const lines: Line[] = []
      const loggers = createLoggers(lines)
      const hang = createHangup(options)
      const server = http.createServer(
        hang.handler((req, res: ServerResponse) => {
          logBoth(loggers, req, res)
          const body = answers[req.url ?? '/']?.()
          if (body instanceof Readable) body.on('error', (error) => res.destroy(error)).pipe(res)
          else if (body !== undefined) res.end(body)
        }),
      )
      return { server: hang.attach(await listening(server)), hang, lines }
    },
  },
  fastify: {
    speaks: 'http/1.1',
    loggers: ['fastify', 'onResponse'],
    start: (options) => startFastify(options, false),
  },
  'fastify-http2': {
    speaks: 'h2',
    loggers: ['fastify', 'onResponse'],
    start: (options) => startFastify(options, true),
  },
}

async function startFastify(options: HangupOptions, http2: boolean): Promise<Running> {
  const lines: Line[] = []
  const stream = {
    write(line: string) {
      const { res, msg, level } = JSON.parse(line)
      if (msg === 'request completed' || msg === 'request errored' || level >= 50)
        lines.push({ by: 'fastify', status: res?.statusCode, message: msg })
    },
  }
  const logger = { level: 'info', stream }
  const app = (http2 ? fastify({ logger, http2 }) : fastify({ logger })) as FastifyInstance
  await app.register(fastifyHangup, options)
  app.addHook('onResponse', async (_, reply) => {
    lines.push({ by: 'onResponse', status: reply.statusCode })
  })
  for (const [path, answer] of Object.entries(answers)) {
    app.get(path, async (_, reply) => answer() ?? reply)
  }
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { server: app.server, hang: app.hangup, lines }
}

function logBoth(
  loggers: ReturnType<typeof createLoggers>,
  req: IncomingMessage,
  res: ServerResponse,
): void {
  loggers.morgan(req, res, () => {})
  loggers.pino(req, res)
}

async function listening(server: http.Server): Promise<http.Server> {
  await listen(server)
  return server
}

describe('access logs', () => {
  const ends: (() => void)[] = []
  afterEach(() => {
    for (const end of ends.splice(0).reverse()) end()
  })

  for (const [name, { start, speaks, loggers }] of Object.entries(hosts)) {
    const run = async () => {
      const settled: Latch<Outcome> = createLatch()
      const site = await start({
        signals: false,
        drain: { idleGraceMs: 10, graceMs: 10, abortMs: 10 },
        onSettled: (_, outcome) => settled.open(outcome),
      })
      ends.push(() => void site.hang.drain())
      const target = { port: portOf(site.server), tls: false }
      const peer = await (speaks === 'h2' ? connectHttp2(target) : connectHttp1(target))
      ends.push(() => peer.reset())
      /** One line of each logger, and no other. */
      const told = async (status: number) => {
        const outcome = await waitFor('the outcome', settled.opened)
        await turns(20)
        expect(site.lines.map(({ by }) => by).sort()).toEqual([...loggers].sort())
        expect(site.lines.map((line) => line.status)).toEqual(loggers.map(() => status))
        return outcome
      }
      return { ...site, peer, told }
    }

    it(`B6 has one line with 200 of a response of ${name}`, async () => {
      const { peer, told } = await run()
      await waitFor('the reply', peer.request({ path: '/small' }).reply)
      expect((await told(200)).kind).toBe('flushed')
    })

    for (const leave of leavesOf({ speaks, tls: false } as Host)) {
      it(`B6 has one line with 499 where ${name} has sent nothing before ${leave.name}`, async () => {
        const { peer, told, server } = await run()
        const arrived = once(server, 'request')
        const sent = peer.request({ path: '/never' })
        await waitFor('the request', arrived)
        await turns()
        leave.go(peer, sent)
        expect(await told(499)).toMatchObject({ by: 'client', status: 499 })
      })

      for (const path of ['/file', '/big']) {
        it(`B6 has one line with 499 where ${leave.name} cuts ${path} of ${name}`, async () => {
          const { peer, told } = await run()
          const sent = peer.request({ path })
          await waitFor('the head', sent.head)
          peer.pause()
          leave.go(peer, sent)
          expect(await told(499)).toMatchObject({ by: 'client', status: 200 })
        })
      }
    }

    it(`B6 has one line with 500 of a page of ${name} that failed half-way`, async () => {
      const { peer, told } = await run()
      await waitFor('the reply', peer.request({ path: '/failing' }).reply)
      expect((await told(500)).kind).not.toBe('flushed')
    })
  }
})
