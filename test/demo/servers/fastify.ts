import type { Readable } from 'node:stream'
import { hangup } from '@hangup/fastify'
import { fastify } from 'fastify'
import { download, jobOf, runJob } from './job.ts'
import { isWithUs, tellPort } from './tell.ts'

const app = fastify({ logger: { level: 'error', stream: process.stderr } })
if (isWithUs) await app.register(hangup)
else process.on('SIGTERM', () => app.close())

app.addContentTypeParser('application/octet-stream', (_req, body, done) => done(null, body))

app.route({
  method: ['GET', 'POST'],
  url: '/report',
  handler: (request) => runJob(jobOf(request.url), request.signal),
})
app.post<{ Body: Readable }>('/upload', (request) =>
  runJob(jobOf(request.url), request.signal, request.body),
)
app.get('/download', async () => download)

await app.listen({ port: 0, host: '127.0.0.1' })
tellPort(app.server)
