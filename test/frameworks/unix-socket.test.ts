import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHangup, type Outcome, type Request, type Response } from '@hangup/core'
import { afterEach, describe, expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import { createPhases } from '../conformance/drain/phases.ts'
import { connectHttp2 } from '../conformance/h2-client.ts'
import type { RawResponse } from '../hosts/host.ts'
import * as transport from '../hosts/transport.ts'
import { createLatch } from '../support/latch.ts'
import { waitFor } from '../support/wait-for.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

type Listener = (req: { readonly signal: AbortSignal }, res: RawResponse) => unknown

describe.each([
  ['http', transport.overHttp],
  ['https', transport.overHttps],
  ['h2c', transport.overHttp2],
  ['HTTP/2 over TLS', transport.overHttp2Secure],
] as const)('%s on a Unix-domain socket', (_, over) => {
  async function serve(listener: Listener) {
    const folder = await mkdtemp(join(tmpdir(), 'hangup-'))
    cleanUps.push(() => rm(folder, { recursive: true }))
    const socketPath = join(folder, 'socket')
    const phases = createPhases()
    const outcome = createLatch<Outcome>()
    const hang = createHangup({
      signals: false,
      drain: { graceMs: 2_000, idleGraceMs: 50 },
      onPhase: phases.onPhase,
      onSettled: (_exchange, how) => outcome.open(how),
    })
    const server = await over.createServer(
      hang.handler<Request, Response>((req, res) => listener(req, res)),
    )
    hang.attach(server)
    await new Promise<void>((resolve) => server.listen(socketPath, resolve))
    cleanUps.push(() => hang.drain())
    const target = { port: socketPath, tls: over.tls }
    const connect = () => (over.speaks === 'h2' ? connectHttp2(target) : connectHttp1(target))
    return { hang, phases, outcome: outcome.opened, connect }
  }

  it('D2 is drained, each connection counted once', async () => {
    const goOn = createLatch()
    const arrived = createLatch()
    const { hang, phases, connect } = await serve(async (_req, res) => {
      arrived.open()
      await goOn.opened
      res.end('served')
    })
    const client = await connect()
    const { reply } = client.request()
    await waitFor('the request', arrived.opened)
    const drained = hang.drain()
    await phases.reached('finish')
    await expect(connect()).rejects.toMatchObject({ code: 'ENOENT' })
    goOn.open()
    const { text, ending } = await waitFor('the reply', reply)
    expect({ text, ending }).toEqual({ text: 'served', ending: 'complete' })
    expect(await waitFor('the drain', drained)).toMatchObject({
      clean: true,
      connections: { finished: over.speaks === 'h2' ? 0 : 1, destroyed: 0 },
      sessions: { finished: over.speaks === 'h2' ? 1 : 0, destroyed: 0 },
    })
  })

  it('A1 aborts when its client leaves', async () => {
    const arrived = createLatch<AbortSignal>()
    const gone = createLatch()
    const { outcome, connect } = await serve(async ({ signal }) => {
      signal.addEventListener('abort', () => gone.open())
      arrived.open(signal)
      await gone.opened
    })
    const client = await connect()
    client.request()
    const signal = await waitFor('the request', arrived.opened)
    client.drop()
    await waitFor('the abort', gone.opened)
    expect(signal.reason).toMatchObject({ code: 'ERR_CLIENT_GONE' })
    expect(await waitFor('the outcome', outcome)).toMatchObject({ by: 'client' })
  })

  it('B3 cuts a response whose handler fails half-way', async () => {
    const goOn = createLatch()
    const { outcome, connect } = await serve(async (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/plain' })
      res.flushHeaders?.()
      await goOn.opened
      throw new Error('the template broke')
    })
    const client = await connect()
    const sent = client.request()
    await waitFor('the head', sent.head)
    goOn.open()
    expect((await waitFor('the reply', sent.reply)).ending).not.toBe('complete')
    expect(await waitFor('the outcome', outcome)).toMatchObject({ kind: 'failed', status: 200 })
  })
})
