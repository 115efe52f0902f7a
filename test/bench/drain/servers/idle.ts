import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createHangup } from '@hangup/core'
import type { Listening } from '../../servers/measured.ts'

/** What it is asked: the bytes that it holds, or to close. */
export type Question = 'weigh' | 'close'
export interface Weight {
  readonly bytes: number
}
export interface Closed {
  readonly ms: number
}

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
const isWithUs = process.argv[2] === 'with'

function hello(_req: IncomingMessage, res: ServerResponse): void {
  res.end('hello\n')
}

const hang = isWithUs ? createHangup({ signals: false }) : undefined
const server = createServer(hang === undefined ? hello : hang.handler(hello))
hang?.attach(server)
// Connections are to be idle for as long as it takes to make them all.
server.keepAliveTimeout = 0

/** Twice, with turns between: what the first round lets go of is freed by the second. */
async function weigh(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collect()
    await new Promise((next) => setTimeout(next, 50))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

async function close(): Promise<number> {
  const began = performance.now()
  if (hang !== undefined) await hang.drain()
  else {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return performance.now() - began
}

process.on('message', async ({ question }: { question: Question }) => {
  if (question === 'weigh') process.send?.({ bytes: await weigh() } satisfies Weight)
  else process.send?.({ ms: await close() } satisfies Closed)
})
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send?.({ port } satisfies Listening)
})
