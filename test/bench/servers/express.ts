import http from 'node:http'
import { hangup } from '@hangup/express'
import express from 'express'
import { isTouched, isWithUs, measure, options, touch } from './measured.ts'
import { writePage } from './page.ts'

const app = express()
const hang = isWithUs ? hangup(options) : undefined
if (hang !== undefined) app.use(hang)

if (isTouched) {
  app.get('/', (req, res) => {
    touch(req.signal)
    res.send('hello\n')
  })
} else {
  app.get('/', (_req, res) => {
    res.send('hello\n')
  })
}

app.get('/page', (_req, res) => {
  res.type('text/plain')
  writePage(res)
})

const server = http.createServer(app)
hang?.attach(server)
measure(server)
