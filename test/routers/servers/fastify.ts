import { hangup } from '@hangup/fastify'
import { fastify } from 'fastify'
import { certificate, host, isWithUs, options, port, speaks, tellListening } from './given.ts'
import { streamOf, takeOrder, wait } from './work.ts'

const app = fastify({
  logger: { level: 'error', stream: process.stderr },
  https: speaks === 'https' ? certificate : null,
})
if (isWithUs) await app.register(hangup, options)
else process.on('SIGTERM', () => app.close())

app.addContentTypeParser('application/octet-stream', (_, body, done) => done(null, body))
if (!isWithUs) app.get('/readyz', async () => 'ready')
app.post<{ Body: string }>('/order', (request) => takeOrder(request.body))
app.route({
  method: ['GET', 'POST'],
  url: '/wait',
  handler: ({ url, signal }) => wait(url, signal),
})
for (const path of ['/whole', '/cut'])
  app.get(path, (_, reply) => reply.type('text/plain').send(streamOf(path)))

await app.listen({ port, host })
tellListening()
