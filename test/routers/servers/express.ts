import { hangup } from '@hangup/express'
import express from 'express'
import { createHttp1Server } from './create-server.ts'
import { host, isWithUs, options, port, tellListening } from './given.ts'
import { partsOf, takeOrder, wait } from './work.ts'

const app = express()
const hang = isWithUs ? hangup(options) : undefined
if (hang !== undefined) app.use(hang)
app.use(express.text())

app.get('/readyz', (_req, res) => {
  res.send('ready')
})
app.post('/order', async (req, res) => {
  res.send(await takeOrder(req.body))
})
app.all('/wait', async (req, res) => {
  res.send(await wait(req.url, req.signal))
})
app.get(['/whole', '/cut'], async (req, res) => {
  for await (const part of partsOf(req.url)) res.write(part)
  res.end()
})

const server = createHttp1Server(app).listen(port, host, tellListening)
if (hang !== undefined) hang.attach(server)
else process.on('SIGTERM', () => server.close())
