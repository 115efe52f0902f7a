import http from 'node:http'
import { createHangup } from '@hangup/core'
import { isTouched, isWithUs, measure, options, touch } from './measured.ts'
import { pieces } from './page.ts'

function hello(res: http.ServerResponse): void {
  res.setHeader('content-type', 'text/plain')
  res.end('hello\n')
}

async function page(res: http.ServerResponse): Promise<void> {
  res.setHeader('content-type', 'text/plain')
  for await (const piece of pieces()) res.write(piece)
  res.end()
}

function serve(req: http.IncomingMessage, res: http.ServerResponse): unknown {
  return req.url === '/page' ? page(res) : hello(res)
}

function createServer(): http.Server {
  if (!isWithUs) return http.createServer(serve)
  const hang = createHangup(options)
  const handler = isTouched
    ? hang.handler<http.IncomingMessage, http.ServerResponse>((req, res) => {
        touch(req.signal)
        return serve(req, res)
      })
    : hang.handler<http.IncomingMessage, http.ServerResponse>(serve)
  return hang.attach(http.createServer(handler))
}

measure(createServer())
