import { createReadStream } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import formbody from '@fastify/formbody'
import helmet from '@fastify/helmet'
import session from '@fastify/session'
import serve from '@fastify/static'
import view from '@fastify/view'
import { hangup } from '@hangup/fastify'
import ejs from 'ejs'
import fastify, { type FastifyInstance, type RawServerBase } from 'fastify'
import {
  files,
  large,
  lines,
  origin,
  refusal,
  secret,
  text,
  title,
  withSession,
} from './content.ts'
import { raw } from './raw.ts'
import { options, type Setup, type Start } from './start.ts'
import { streamView } from './views.ts'

export const startFastify: Start = ({ speaks, ...setup }) => {
  if (speaks === 'h2') return start(fastify({ http2: true, bodyLimit }), setup)
  return start(fastify({ bodyLimit }), setup)
}

const bodyLimit = 1024

async function start<Server extends RawServerBase>(
  app: FastifyInstance<Server>,
  { isMounted, log }: Omit<Setup, 'speaks'>,
) {
  if (isMounted) await app.register(hangup, options)
  app.addHook('onResponse', async ({ method, url }, reply) => {
    log(`${method} ${url} ${reply.statusCode}\n`)
  })
  await app.register(helmet)
  await app.register(cors, { origin, credentials: true })
  await app.register(compress, { threshold: 1024 })
  await app.register(cookie, { secret })
  await app.register(formbody)
  await app.register(serve, { root: files, prefix: '/static/', maxAge: 1000 })
  await app.register(view, { engine: { ejs }, root: files })
  await app.register(async (own) => {
    await own.register(session, {
      secret: secret.repeat(8),
      idGenerator: () => 'fixed',
      cookie: { secure: false },
    })
    own.get(withSession, async (request) => {
      const counted = request.session as typeof request.session & { count?: number }
      counted.count = (counted.count ?? 0) + 1
      return `visit ${counted.count}`
    })
  })

  app.get('/text', async () => text)
  app.get('/json', async () => ({ text }))
  app.get('/empty', async (_, reply) => reply.code(204).send())
  app.get('/reset', async (_, reply) => reply.code(205).send())
  app.get('/redirect', async (_, reply) => reply.redirect('/text'))
  app.get('/large', async (_, reply) => reply.type('text/plain').send(text.repeat(10_000)))
  app.get('/file', async (_, reply) => reply.type('text/plain').send(createReadStream(large)))
  app.get('/download', async (_, reply) => reply.download('large.txt', 'large "1".txt'))
  app.get('/stream', async (_, reply) => reply.type('text/plain').send(Readable.from(lines(5))))
  app.get('/long-stream', async (_, reply) =>
    reply.type('text/plain').send(Readable.from(lines(3_000))),
  )
  app.get('/sent', async (_, reply) => reply.sendFile('page.html'))
  app.get('/view', (_, reply) => reply.viewAsync('view.ejs', { title }))
  app.get('/streamed-view', async (_, reply) => {
    const view = await streamView()
    return reply.type('text/html').send(view.pipe(new PassThrough()))
  })
  app.get('/cookies', async (request, reply) => {
    reply.setCookie('a', '1').setCookie('b', '2', { signed: true, httpOnly: true })
    return { got: request.cookies }
  })
  app.post('/echo', async ({ body }) => body)
  app.get('/fails', async () => {
    throw new Error('on purpose')
  })
  app.get('/refused', async () => {
    throw Object.assign(new Error('not you'), refusal)
  })
  for (const [path, send] of Object.entries(raw))
    app.get(path, (_, reply) => {
      reply.hijack()
      send(reply.raw)
    })

  await app.ready()
  return { server: app.server, stop: () => app.close() }
}
