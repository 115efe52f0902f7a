import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Server } from 'node:net'
import { createHangup, type Hangup } from '@hangup/core'
import { expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import { createPhases } from '../conformance/drain/phases.ts'
import { certificate } from '../hosts/certificate.ts'
import { listen } from '../hosts/transport.ts'
import { waitFor } from '../support/wait-for.ts'

const ways: Record<string, (first: Hangup, second: Hangup, server: Server) => Promise<unknown>> = {
  'both drain': (first, second) => Promise.all([first.drain(), second.drain()]),
  'the first drains': (first) => first.drain(),
  'the second drains': (_, second) => second.drain(),
  'it closes': (_first, _second, server) =>
    new Promise<void>((closed) => server.close(() => closed())),
}

it.each(['http', 'https'].flatMap((over) => Object.keys(ways).map((way) => [over, way] as const)))(
  'D13 needs no deadline where two handles are attached to one server: %s, %s',
  async (over, way) => {
    const phases = createPhases()
    const options = { signals: false, drain: { idleGraceMs: 50 }, onPhase: phases.onPhase } as const
    const [first, second] = [createHangup(options), createHangup(options)]
    const listener = first.handler(second.handler((_, res) => res.end('served')))
    const tls = over === 'https'
    const server = tls ? createTlsServer(await certificate(), listener) : createServer(listener)
    first.attach(server)
    second.attach(server)
    const port = await listen(server)
    const [used, fresh] = [await connectHttp1({ port, tls }), await connectHttp1({ port, tls })]
    expect(await waitFor('the reply', used.request().reply)).toMatchObject({ text: 'served' })
    await waitFor('the drain', ways[way]?.(first, second, server))
    await waitFor('the ends', Promise.all([used.closed, fresh.closed]))
    expect(phases.entered).not.toContain('abort')
    await waitFor('the drains', Promise.all([first.drain(), second.drain()]))
  },
)
