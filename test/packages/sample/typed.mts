// A user's TypeScript: compiled against the packed packages, not run.
import http from 'node:http'
import http2, { type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import {
  createHangup,
  currentExchange,
  currentSignal,
  type DrainReport,
  type Exchange,
  type Hangup,
  type HangupOptions,
  isAbort,
  type Outcome,
} from '@hangup/core'
import expressDefault, {
  type HangupOptions as ExpressHangupOptions,
  hangup as expressHangup,
} from '@hangup/express'
import fastifyDefault, {
  type Exchange as FastifyExchange,
  hangup as fastifyHangup,
} from '@hangup/fastify'
import koaDefault, { type Hangup as KoaHandle, hangup as koaHangup } from '@hangup/koa'
import { instrument } from '@hangup/opentelemetry'
import { collectMetrics, type MetricsOptions } from '@hangup/prometheus'
import express from 'express'
import { fastify } from 'fastify'
import Koa from 'koa'

const options: HangupOptions = {
  buffer: { maxBytes: 65_536 },
  drain: { graceMs: 20_000 },
  onSettled: (exchange: Exchange, outcome: Outcome) => {
    const line: [string, number, number] = [exchange.url, outcome.status, outcome.ms]
    if (outcome.kind === 'aborted') console.log(...line, outcome.by, outcome.phase)
  },
}

const metrics: MetricsOptions = { prefix: 'my_' }

// Bare node.
const bare: Hangup = createHangup(options)
const stop: () => void = collectMetrics(bare, metrics)
stop()
instrument([bare])()
const server: http.Server = bare.attach(
  http.createServer(
    bare.handler(async (req, res) => {
      const signal: AbortSignal = req.signal
      const outcome: Promise<Outcome> = req.exchange.outcome
      await req.exchange.shield((shielded) => work(shielded), { timeoutMs: 1_000 })
      req.exchange.waitUntil(outcome, 'outcome')
      req.exchange.deadline(500)
      res.end(String(signal.aborted))
    }),
  ),
)
bare.attach(http2.createServer(bare.handler((req, res) => res.end(req.authority))))
bare.attach(
  http2.createServer(
    {},
    bare.handler<Http2ServerRequest, Http2ServerResponse>((req, res) => {
      const signal: AbortSignal = req.signal
      res.end(`${req.authority} ${signal.aborted}`)
    }),
  ),
)
const report: DrainReport = await bare.drain('over')
const lost: string[] = report.requests.lost.map(({ method, url }) => `${method} ${url}`)
bare.onClose('database', async () => {}, { after: ['queue'], timeoutMs: 1_000 })
bare.drainSignal.addEventListener('abort', () => server.close())
const here: AbortSignal | undefined = currentSignal()
const now: Exchange | undefined = currentExchange()
console.log(lost, here, isAbort(new Error(), now))

// @ts-expect-error a duration is a number of milliseconds
createHangup({ deadlineMs: '20s' })

// Express.
const expressOptions: ExpressHangupOptions = options
const expressHang = expressHangup(expressOptions)
const expressApp = express()
expressApp.use(expressHang)
expressApp.use(expressDefault())
expressApp.get('/:id', async (req, res) => {
  const signal: AbortSignal = req.signal
  const exchange: Exchange = req.exchange
  const id: string = req.params.id
  res.json(await work(signal, exchange.method, id))
})
const listening: http.Server = expressHang.attach(expressApp.listen(0))
const handle: Hangup = expressHang
console.log(listening, handle.state)

// Koa.
const koaHang = koaHangup({ signals: false })
const koaHandle: KoaHandle = koaHang
const koaApp = new Koa()
koaApp.use(koaHang)
koaApp.use(koaDefault())
koaApp.use(async (ctx) => {
  const signal: AbortSignal = ctx.signal
  const exchange: Exchange = ctx.exchange
  ctx.body = await work(signal, exchange.method)
})
koaHandle.attach(koaApp.listen(0))

// Fastify.
const fastifyApp = fastify()
await fastifyApp.register(fastifyHangup, { health: true, drain: { graceMs: 10 } })
await fastifyApp.register(fastifyDefault)
fastifyApp.get('/', async (request) => {
  const signal: AbortSignal = request.signal
  const exchange: FastifyExchange = request.exchange
  return work(signal, exchange.method)
})
const decorated: Hangup = fastifyApp.hangup
console.log(decorated.exchanges().length)

// @ts-expect-error not an option
fastifyApp.register(fastifyHangup, { drain: { grace: 10 } })

async function work(signal: AbortSignal, ...values: string[]) {
  signal.throwIfAborted()
  return values
}
