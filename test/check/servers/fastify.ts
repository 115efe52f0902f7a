import { hangup } from '@hangup/fastify'
import { fastify } from 'fastify'
import { isWithUs, options, port, work } from './service.ts'

const app = fastify({ bodyLimit: 2 ** 20, logger: { level: 'warn', stream: process.stderr } })
if (isWithUs) await app.register(hangup, options)
else process.on('SIGTERM', () => app.close())

app.addContentTypeParser<Buffer>(
  'application/octet-stream',
  { parseAs: 'buffer' },
  async (_request: unknown, body: Buffer) => body,
)
app.get('/work', (request) => work(isWithUs ? request.signal : undefined))
app.post('/upload', async () => 'taken\n')

await app.listen({ port, host: '127.0.0.1' })
