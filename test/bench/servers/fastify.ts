import { hangup } from '@hangup/fastify'
import { fastify } from 'fastify'
import { isTouched, isWithUs, measure, options, touch } from './measured.ts'
import { pageStream } from './page.ts'

const app = fastify()
if (isWithUs) await app.register(hangup, options)

if (isTouched) {
  app.get('/', async (request) => {
    touch(request.signal)
    return 'hello\n'
  })
} else {
  app.get('/', async () => 'hello\n')
}

app.get('/page', (_request, reply) => {
  reply.type('text/plain').send(pageStream())
})

await app.listen({ port: 0, host: '127.0.0.1' })
measure(app.server)
