import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createHangup } from '@hangup/core'
import { expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import { waitFor } from '../support/wait-for.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

async function collected(isGone: () => boolean): Promise<void> {
  while (!isGone()) {
    await turn() // What a WeakRef has given out lives until the end of its turn.
    collectGarbage()
  }
}

for (const [how, giveUp] of [
  ['goes on in callbacks and never ends its response', () => undefined],
  ['waits for a promise that nobody settles', () => new Promise(() => {})],
] as const) {
  it(`A9 forgets a handler that ${how} once its client has left`, async () => {
    let aborts = 0
    const drain = { graceMs: 10, abortMs: 10 }
    const hang = createHangup({ signals: false, drain, onSettled: () => aborts++ })
    const server = createServer(hang.handler(giveUp))
    hang.attach(server.listen(0, '127.0.0.1'))
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo

    for (let sent = 1; sent <= 20; sent++) {
      const client = await connectHttp1({ port, tls: false })
      const arrived = once(server, 'request')
      client.request()
      await waitFor('the request', arrived)
      client.reset()
      const isSettled = async () => {
        while (aborts < sent) await turn()
      }
      await waitFor('the outcome', isSettled())
    }
    // Node's parser, which is used again, still holds the last one.
    await waitFor(
      'the exchanges to be forgotten',
      collected(() => hang.exchanges().length <= 1),
    )
    await hang.drain()
  })
}

it('D7 keeps a handler in mind whose client has left, as long as something will settle it', async () => {
  const hang = createHangup({ signals: false })
  let settle = () => {}
  const server = createServer(
    hang.handler(() => new Promise<void>((resolve) => (settle = resolve))),
  )
  hang.attach(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  const client = await connectHttp1({ port: (server.address() as AddressInfo).port, tls: false })
  const arrived = once(server, 'request')
  client.request()
  await waitFor('the request', arrived)
  client.reset()
  const isGone = async () => {
    while (hang.exchanges()[0]?.isClientGone !== true) await turn()
  }
  await waitFor('the abort', isGone())
  for (let round = 0; round < 5; round++) {
    collectGarbage()
    await turn()
  }
  expect(hang.exchanges()).toHaveLength(1)
  settle()
  expect(await hang.drain()).toMatchObject({ clean: true })
  expect(hang.exchanges()).toEqual([])
})
