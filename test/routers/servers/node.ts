import { text } from 'node:stream/consumers'
import { createHangup, type OpenResponse, type Request } from '@hangup/core'
import { createServer } from './create-server.ts'
import { host, isWithUs, options, port, tellListening } from './given.ts'
import { partsOf, takeOrder, wait } from './work.ts'

async function serve(
  req: Request,
  res: OpenResponse,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (req.url === '/order') res.end(await takeOrder(await text(req)))
  else if (req.url?.startsWith('/wait')) res.end(await wait(req.url, signal))
  else if (req.url === '/readyz') res.end('ready')
  else {
    for await (const part of partsOf(req.url)) res.write(part)
    res.end()
  }
}

function create() {
  if (isWithUs) {
    const hang = createHangup(options)
    return hang.attach(createServer(hang.handler((req, res) => serve(req, res, req.signal))))
  }
  const server = createServer((req, res) => serve(req, res, undefined))
  process.on('SIGTERM', () => server.close())
  return server
}

create().listen(port, host, tellListening)
