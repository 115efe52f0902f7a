import { hangup } from '@hangup/express'
import express from 'express'
import { download, jobOf, runJob } from './job.ts'
import { isWithUs, logger, tellPort } from './tell.ts'

const app = express()
const hang = isWithUs ? hangup({ logger }) : undefined
if (hang !== undefined) app.use(hang)
app.use(express.text())

app.all('/report', async (req, res) => {
  res.send(await runJob(jobOf(req.url), req.signal))
})
app.post('/upload', async (req, res) => {
  res.send(await runJob(jobOf(req.url), req.signal, req))
})
app.get('/download', (_req, res) => {
  res.send(download)
})

const server = app.listen(0, '127.0.0.1', () => tellPort(server))
if (hang !== undefined) hang.attach(server)
else process.on('SIGTERM', () => server.close())
