import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { createHangup } from '@hangup/core'
import compression from 'compression'
import cookieParser from 'cookie-parser'
import cors from 'cors'
import helmet from 'helmet'
import morgan from 'morgan'
import serveStatic from 'serve-static'
import { pathOf, type RawResponse } from '../../hosts/host.ts'
import type { AnyListener } from '../../hosts/transport.ts'
import { files, large, lines, origin, text } from './content.ts'
import { pinoTo } from './pino.ts'
import { raw } from './raw.ts'
import type { Asked } from './requests.ts'
import { options, type Start, transports } from './start.ts'

type Req = Parameters<AnyListener>[0] & { cookies?: object }

const STATIC = '/static'

const routes: Readonly<Record<string, (res: RawResponse, req: Req) => unknown>> = {
  ...raw,
  '/text': (res) => res.end(text),
  '/json'(res) {
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify({ text }))
  },
  '/empty'(res) {
    res.statusCode = 204
    res.end()
  },
  '/reset'(res) {
    res.statusCode = 205
    res.end()
  },
  '/redirect'(res) {
    res.writeHead(302, { location: '/text' })
    res.end()
  },
  '/large'(res) {
    res.setHeader('content-type', 'text/plain')
    res.end(text.repeat(10_000))
  },
  '/file'(res) {
    res.setHeader('content-type', 'text/plain')
    createReadStream(large).pipe(res)
  },
  '/download'(res) {
    res.setHeader('content-disposition', 'attachment; filename="large.txt"')
    createReadStream(large).pipe(res)
  },
  '/stream'(res) {
    res.setHeader('content-type', 'text/plain')
    Readable.from(lines(5)).pipe(res)
  },
  '/long-stream'(res) {
    res.setHeader('content-type', 'text/plain')
    Readable.from(lines(3_000)).pipe(res)
  },
  '/cookies'(res, { cookies }) {
    res.setHeader('set-cookie', ['a=1', 'b=2; HttpOnly'])
    res.end(JSON.stringify(cookies))
  },
  async '/echo'(res, req) {
    res.end(await textOf(req))
  },
}

/** Whether bare Node, which has no ETags, errors, views or sessions of its own, has an answer to it. */
export function nodeServes({ path, again }: Asked): boolean {
  return path.startsWith(STATIC) || (path in routes && !again?.startsWith('if-'))
}

export const startNode: Start = async ({ speaks, isMounted, log }) => {
  const middlewares = [
    morgan(':method :url :status', { stream: { write: log } }),
    pinoTo(log),
    helmet(),
    cors({ origin, credentials: true }),
    compression({ threshold: 1024 }),
    cookieParser(),
    serveFiles,
  ]
  const listener: AnyListener = (req, res) => {
    const step = (at: number): unknown => {
      const next = () => step(at + 1)
      const middleware = middlewares[at]
      if (middleware === undefined) return answer(req, res)
      return Reflect.apply(middleware, undefined, [req, res, next])
    }
    step(0)
  }
  const hang = isMounted ? createHangup(options) : undefined
  const server = await transports[speaks].createServer(hang?.handler(listener) ?? listener)
  hang?.attach(server)
  return { server, stop: () => hang?.drain() }
}

const serve = serveStatic(files, { maxAge: 1000 })

function serveFiles(req: Req, res: RawResponse, next: () => void): void {
  if (req.url?.startsWith(STATIC)) {
    req.url = req.url.slice(STATIC.length)
    Reflect.apply(serve, undefined, [req, res, next])
  } else {
    next()
  }
}

function answer(req: Req, res: RawResponse): void {
  const route = routes[pathOf(req.url)]
  res.statusCode = route === undefined ? 404 : 200
  if (route === undefined) res.end()
  else route(res, req)
}
