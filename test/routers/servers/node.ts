import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { createHangup } from '@hangup/core'
import { host, isWithUs, options, port, tellListening } from './given.ts'
import { partsOf, takeOrder, wait } from './work.ts'

async function serve(
  req: IncomingMessage,
  res: ServerResponse,
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

function create(): Server {
  if (isWithUs) {
    const hang = createHangup(options)
    const listener = hang.handler<IncomingMessage, ServerResponse>((req, res) =>
      serve(req, res, req.signal),
    )
    return hang.attach(createServer(listener))
  }
  const server = createServer((req, res) => serve(req, res, undefined))
  process.on('SIGTERM', () => server.close())
  return server
}

create().listen(port, host, tellListening)
