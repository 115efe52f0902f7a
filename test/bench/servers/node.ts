import http from 'node:http'
import { createHangup } from '@hangup/core'
import { isTouched, isWithUs, measure, options, touch } from './measured.ts'
import { writePage } from './page.ts'

function hello(res: http.ServerResponse): void {
  res.setHeader('content-type', 'text/plain')
  res.end('hello\n')
}

function page(res: http.ServerResponse): void {
  res.setHeader('content-type', 'text/plain')
  writePage(res)
}

function serve(req: http.IncomingMessage, res: http.ServerResponse): void {
  if (req.url === '/page') page(res)
  else hello(res)
}

function createServer(): http.Server {
  if (!isWithUs) return http.createServer(serve)
  const hang = createHangup(options)
  const handler = isTouched
    ? hang.handler<http.IncomingMessage, http.ServerResponse>((req, res) => {
        touch(req.signal)
        serve(req, res)
      })
    : hang.handler<http.IncomingMessage, http.ServerResponse>(serve)
  return hang.attach(http.createServer(handler))
}

measure(createServer())
