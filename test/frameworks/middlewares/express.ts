import http from 'node:http'
import { Readable } from 'node:stream'
import { hangup } from '@hangup/express'
import compression from 'compression'
import cookieParser from 'cookie-parser'
import cors from 'cors'
import { renderFile } from 'ejs'
import express from 'express'
import session from 'express-session'
import helmet from 'helmet'
import morgan from 'morgan'
import {
  files,
  large,
  lines,
  origin,
  refusal,
  secret,
  text,
  title,
  withSession,
} from './content.ts'
import { pinoTo } from './pino.ts'
import { raw } from './raw.ts'
import { options, type Start } from './start.ts'
import { streamView } from './views.ts'

export const startExpress: Start = async ({ isMounted, log }) => {
  const app = express()
  app.set('env', 'test') // In production, Express prints each error.
  const hang = isMounted ? hangup(options) : undefined
  if (hang !== undefined) app.use(hang)
  app.use(morgan(':method :url :status', { stream: { write: log } }), pinoTo(log))
  app.use(helmet(), cors({ origin, credentials: true }), compression({ threshold: 1024 }))
  app.use(cookieParser(secret))
  app.use(express.json({ limit: '1kb' }), express.urlencoded({ extended: false }))
  app.use('/static', express.static(files, { maxAge: 1000 }))

  app.get('/text', (_, res) => void res.send(text))
  app.get('/json', (_, res) => void res.json({ text }))
  app.get('/empty', (_, res) => void res.status(204).end())
  app.get('/reset', (_, res) => void res.status(205).end())
  app.get('/redirect', (_, res) => res.redirect('/text'))
  app.get('/large', (_, res) => void res.type('text').send(text.repeat(10_000)))
  app.get('/file', (_, res) => res.sendFile(large))
  app.get('/download', (_, res) => res.download(large, 'large "1".txt'))
  app.get('/stream', (_, res) => void Readable.from(lines(5)).pipe(res.type('text')))
  app.get('/long-stream', (_, res) => void Readable.from(lines(3_000)).pipe(res.type('text')))
  app.get('/sent', (_, res) => res.sendFile('page.html', { root: files }))
  app.engine('ejs', renderFile)
  app.set('views', files)
  app.get('/view', (_, res) => res.render('view.ejs', { title }))
  app.get('/streamed-view', async (_, res) => {
    const view = await streamView()
    view.pipe(res.type('html'))
  })
  app.get('/cookies', (req, res) => {
    res.cookie('a', '1').cookie('b', '2', { signed: true, httpOnly: true })
    res.json({ got: req.cookies, signed: req.signedCookies })
  })
  const sessions = session({
    secret,
    resave: false,
    saveUninitialized: true,
    genid: () => 'fixed',
  })
  app.get(withSession, sessions, (req, res) => {
    const counted = req.session as typeof req.session & { count?: number }
    counted.count = (counted.count ?? 0) + 1
    res.send(`visit ${counted.count}`)
  })
  app.post('/echo', (req, res) => void res.json(req.body))
  app.get('/fails', async () => {
    throw new Error('on purpose')
  })
  app.get('/refused', () => {
    throw Object.assign(new Error('not you'), refusal)
  })
  for (const [path, send] of Object.entries(raw)) app.get(path, (_, res) => send(res))

  const server = http.createServer(app)
  hang?.attach(server)
  return { server, stop: () => hang?.drain() }
}
