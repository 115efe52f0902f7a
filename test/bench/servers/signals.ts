import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { createHangup } from '@hangup/core'
import { hangup } from '@hangup/fastify'
import {
  type FastifyInstance,
  type FastifyPluginCallback,
  type FastifyRequest,
  fastify,
} from 'fastify'
import racing from 'fastify-racing'
import { measure } from './measured.ts'
import type { SignalName } from './signal-names.ts'

/** How many abort signals have fired so far. */
export interface Fired {
  readonly fired: number
}

/** A server whose handlers have a signal of one kind, or none. */

const WORK_MS = 300
let fired = 0

/** What a handler does: it listens, and sees at the end what it was told meanwhile. */
async function work(signal: AbortSignal | undefined): Promise<string> {
  signal?.addEventListener('abort', () => {
    fired++
  })
  await pause(WORK_MS)
  return signal?.aborted ? 'aborted' : 'calm'
}

function look(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Error('nobody has left')
}

/** Newer than the types here, or ours. */
type Signalled = IncomingMessage & { readonly signal?: AbortSignal }
type NodeSignal = (req: Signalled, res: ServerResponse) => AbortSignal | undefined

function nodeServer(signalOf: NodeSignal, wrap = (listener: RequestListener) => listener) {
  return http.createServer(
    wrap(async (req, res) => {
      const signal = signalOf(req, res)
      if (req.method === 'POST') {
        await text(req)
          .then(() => work(signal))
          .then(
            (word) => res.end(word),
            () => {},
          )
      } else {
        look(signal)
        res.end('hello\n')
      }
    }),
  )
}

function byHand(_req: IncomingMessage, res: ServerResponse): AbortSignal {
  const controller = new AbortController()
  res.on('close', () => {
    if (!res.writableFinished) controller.abort()
  })
  return controller.signal
}

async function fastifyServer(
  signalOf: (request: FastifyRequest) => AbortSignal | undefined,
  prepare: (app: FastifyInstance) => unknown = () => {},
) {
  const app = fastify()
  await prepare(app)
  app.get('/', async (request) => {
    look(signalOf(request))
    return 'hello\n'
  })
  app.post('/', (request) => work(signalOf(request)))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server
}

const servers: Record<SignalName, () => http.Server | Promise<http.Server>> = {
  'node: none': () => nodeServer(() => undefined),
  'node: hangup': () => {
    const hang = createHangup()
    return hang.attach(nodeServer((req) => req.signal, hang.handler))
  },
  "node: res.on('close') by hand": () => nodeServer(byHand),
  'node: native req.signal': () => nodeServer((req) => req.signal),
  'fastify: none': () => fastifyServer(() => undefined),
  'fastify: hangup': () =>
    fastifyServer(
      ({ signal }) => signal,
      (app) => app.register(hangup),
    ),
  "fastify: Fastify's own": () => fastifyServer(({ signal }) => signal),
  'fastify: fastify-racing': () =>
    fastifyServer(
      (request) => request.race(),
      (app) => app.register(racing as unknown as FastifyPluginCallback),
    ),
}

measure(await servers[process.argv[2] as SignalName](), { fired: (): Fired => ({ fired }) })
