import { hangup } from '@hangup/fastify'
import { fastify } from 'fastify'
import { LARGE, largeFile, longStream, pageStream, spacedBody, writeSpaced } from './bodies.ts'
import { isWithUs, measure, options, touch } from './measured.ts'

const app = fastify()
if (isWithUs) await app.register(hangup, options)

app.get('/', async (request) => {
  touch(request)
  return 'hello\n'
})
app.post('/json', async (request) => {
  touch(request)
  return request.body
})
app.get('/hold', () => {})
app.get('/spaced', async (_request, reply) => {
  reply.type('text/plain')
  return spacedBody()
})
app.get('/page', (_request, reply) => {
  reply.type('text/plain').send(pageStream())
})
app.get('/large', (_request, reply) => {
  reply.type('text/plain').send(LARGE)
})
app.get('/stream', (_request, reply) => {
  reply.type('text/plain').send(longStream())
})
app.get('/raw-spaced', (_request, { raw }) => {
  raw.setHeader('content-type', 'text/plain')
  writeSpaced(raw)
})
app.get('/file', (_request, reply) => {
  reply.type('text/plain').send(largeFile())
})

await app.listen({ port: 0, host: '127.0.0.1' })
measure(app.server)
