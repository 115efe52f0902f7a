import http from 'node:http'
import http2 from 'node:http2'
import { text } from 'node:stream/consumers'
import { createHangup } from '@hangup/core'
import { LARGE, largeFile, longStream, writeLarge, writePage, writeSpaced } from './bodies.ts'
import { isWithUs, measure, options, touch } from './measured.ts'

type Routes = Record<string, (req: http.IncomingMessage, res: http.ServerResponse) => unknown>

const routes: Routes = {
  '/': (_req, res) => {
    res.setHeader('content-type', 'text/plain')
    res.end('hello\n')
  },
  '/json': async (req, res) => {
    const body = JSON.stringify(JSON.parse(await text(req)))
    res.setHeader('content-type', 'application/json')
    res.end(body)
  },
  '/spaced': (_req, res) => {
    res.setHeader('content-type', 'text/plain')
    writeSpaced(res)
  },
  '/page': (_req, res) => {
    res.setHeader('content-type', 'text/plain')
    writePage(res)
  },
  '/large': (_req, res) => {
    res.setHeader('content-type', 'text/plain')
    res.end(LARGE)
  },
  '/stream': (_req, res) => {
    res.setHeader('content-type', 'text/plain')
    longStream().pipe(res)
  },
  '/file': (_req, res) => {
    res.setHeader('content-type', 'text/plain')
    largeFile().pipe(res)
  },
  '/written': (_req, res) => {
    res.setHeader('content-type', 'text/plain')
    return writeLarge(res)
  },
  '/hold': () => {},
}

const serve: Routes[string] = (req, res) => routes[req.url ?? '']?.(req, res)

const hang = isWithUs ? createHangup(options) : undefined

function listener(): http.RequestListener {
  if (hang === undefined) return serve
  return hang.handler<http.IncomingMessage, http.ServerResponse>((req, res) => {
    touch(req)
    return serve(req, res)
  })
}

/** Its requests and responses are used only in what both versions of HTTP have. */
function createHttp2Server(handle: http.RequestListener): http2.Http2Server {
  return http2.createServer(handle as never)
}

const isHttp2 = process.argv[3] === 'http2'
const server = isHttp2 ? createHttp2Server(listener()) : http.createServer(listener())
hang?.attach(server)
measure(server)
