import { hangup } from '@hangup/express'
import express from 'express'
import { download, isWithUs, options, port, work } from './service.ts'

const app = express()
const hang = isWithUs ? hangup(options) : undefined
if (hang !== undefined) app.use(hang)

app.get('/work', async (req, res) => {
  res.send(await work(isWithUs ? req.signal : undefined))
})
app.get('/download', (_req, res) => {
  res.send(download)
})
app.post('/upload', express.raw({ limit: '1mb' }), (_req, res) => {
  res.send('taken\n')
})

const server = app.listen(port, '127.0.0.1')
if (hang !== undefined) hang.attach(server)
else process.on('SIGTERM', () => server.close())
