import { createServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { text } from 'node:stream/consumers'
import { createHangup } from '@hangup/core'
import { host, isWithUs, options, port, tellListening } from './given.ts'
import { takeOrder } from './work.ts'

async function serve(req: Http2ServerRequest, res: Http2ServerResponse): Promise<void> {
  res.end(req.url === '/order' ? await takeOrder(await text(req)) : 'ready')
}

const hang = isWithUs ? createHangup(options) : undefined
const listener = hang?.handler<Http2ServerRequest, Http2ServerResponse>(serve) ?? serve
const server = createServer(listener)
if (hang !== undefined) hang.attach(server)
else process.on('SIGTERM', () => server.close())

server.listen(port, host, tellListening)
