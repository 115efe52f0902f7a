import http from 'node:http'
import { hangup } from '@hangup/express'
import express from 'express'
import { LARGE, largeFile, longStream, writeLarge, writePage, writeSpaced } from './bodies.ts'
import { isWithUs, measure, options, touch } from './measured.ts'

const app = express()
const hang = isWithUs ? hangup(options) : undefined
if (hang !== undefined) app.use(hang)

app.get('/', (req, res) => {
  touch(req)
  res.send('hello\n')
})
app.post('/json', express.json(), (req, res) => {
  touch(req)
  res.json(req.body)
})
app.get('/hold', () => {})
app.get('/spaced', (_req, res) => {
  res.type('text/plain')
  writeSpaced(res)
})
app.get('/page', (_req, res) => {
  res.type('text/plain')
  writePage(res)
})
app.get('/large', (_req, res) => {
  res.type('text/plain').end(LARGE)
})
app.get('/stream', (_req, res) => {
  longStream().pipe(res.type('text/plain'))
})
app.get('/file', (_req, res) => {
  largeFile().pipe(res.type('text/plain'))
})
app.get('/written', (_req, res) => writeLarge(res.type('text/plain')))

const server = http.createServer(app)
hang?.attach(server)
measure(server)
