import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { hangup } from '@hangup/fastify'
import fastify, { type FastifyInstance, type RawServerBase } from 'fastify'
import { certificate } from './certificate.ts'
import { createErrorLog, type ErrorLog } from './error-log.ts'
import type { Host } from './host.ts'
import { testOptions } from './options.ts'
import { running } from './running.ts'

const hooksComeFirst = 'its hooks run before Fastify parses a body or calls a handler'
const cannot = {
  'A1 aborts once where the adapter is mounted after-body-parser': hooksComeFirst,
  'A2 does not abort where the adapter is mounted after-body-parser': hooksComeFirst,
  'A2 gives a response that is finished already a signal that never aborts': hooksComeFirst,
  'A1 aborts on a server that is never attached': 'the plugin attaches the server by itself',
}

type Logger = { level: string; stream: { write(line: string): void } }

function fastifyHost<Server extends RawServerBase>(
  traits: Pick<Host, 'name' | 'speaks' | 'tls'>,
  create: (logger: Logger) => Promise<FastifyInstance<Server>>,
): Host {
  const host: Host = {
    ...traits,
    framework: 'fastify',
    cannot,
    async start(routes, { options, mounted, handlerTimeoutMs = 0 } = {}) {
      const errors = createErrorLog()
      const app = await create(errorsOf(errors))
      app.addContentTypeParser(
        'application/octet-stream',
        async (_: unknown, body: Readable) => body,
      )
      await app.register(hangup, testOptions(options))
      if (mounted === 'twice') await app.register(hangup, testOptions(options))

      const timeout = handlerTimeoutMs > 0 ? { handlerTimeout: handlerTimeoutMs } : {}
      for (const [path, handler] of Object.entries(routes)) {
        app.all(path, timeout, async (request, reply) => {
          await handler({
            req: request.raw,
            res: reply.raw,
            get exchange() {
              return request.exchange
            },
            get signal() {
              return request.signal
            },
            body: async () =>
              request.body instanceof Readable ? text(request.body) : String(request.body ?? ''),
            send: (status, body, headers = {}) =>
              void reply.code(status).headers(headers).send(body),
            stream: (body, headers = {}) => void reply.headers(headers).send(body),
            health: () => app.hangup.health(request.raw, reply.raw),
            raw() {
              reply.hijack()
              return reply.raw
            },
          })
          return reply
        })
      }

      await app.listen({ port: 0, host: '127.0.0.1' })
      const { server, hangup: hang } = app
      return {
        ...running({ host, hang, server, errors, close: () => app.close() }),
        inject: (request) => app.inject(request),
      }
    },
  }
  return host
}

/** Fastify's own logger, with every line of level 50 and above kept as an error. */
function errorsOf(errors: ErrorLog): Logger {
  const write = (line: string) => {
    const { level } = JSON.parse(line)
    if (level >= 50) errors.add('framework', line)
  }
  return { level: 'info', stream: { write } }
}

export const fastifyHttp = fastifyHost(
  { name: 'fastify', speaks: 'http/1.1', tls: false },
  async (logger) => fastify({ logger }),
)
export const fastifyHttps = fastifyHost(
  { name: 'fastify-https', speaks: 'http/1.1', tls: true },
  async (logger) => fastify({ logger, https: await certificate() }),
)
export const fastifyHttp2 = fastifyHost(
  { name: 'fastify-http2', speaks: 'h2', tls: false },
  async (logger) => fastify({ logger, http2: true }),
)
