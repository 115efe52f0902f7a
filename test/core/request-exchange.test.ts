import { createServer, type IncomingMessage } from 'node:http'
import { createHangup, exchangeOf } from '@hangup/core'
import { expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import { listen } from '../hosts/transport.ts'
import { waitFor } from '../support/wait-for.ts'

type Extended = IncomingMessage & { exchange?: unknown }

const hang = createHangup({ signals: false })

async function seenBy<T>(look: (req: Extended) => T, isOurs = true): Promise<T> {
  const seen: T[] = []
  const serve = (req: IncomingMessage, res: { end(): unknown }) => {
    seen.push(look(req))
    res.end()
  }
  const ours = hang.handler(serve)
  const server = createServer(isOurs ? ours : serve)
  const port = await listen(server)
  try {
    await waitFor('the reply', (await connectHttp1({ port, tls: false })).request().reply)
  } finally {
    server.close()
    server.closeAllConnections()
  }
  return seen[0] as T
}

it('A9 leaves a request of bare Node as it is until its exchange is asked for', async () => {
  expect(await seenBy((req) => Object.hasOwn(req, 'exchange'))).toBe(false)
  expect(
    await seenBy((req) => req.exchange === exchangeOf(req) && req.exchange !== undefined),
  ).toBe(true)
})

it('leaves requests of other servers without an exchange, and free to have one of their own', async () => {
  const look = (req: Extended) => {
    const before = req.exchange
    req.exchange = 'their own'
    return [before, req.exchange, Object.keys(req).includes('exchange')]
  }
  expect(await seenBy(look, false)).toEqual([undefined, 'their own', true])
})
