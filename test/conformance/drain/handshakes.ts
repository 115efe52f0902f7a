import { connect, type Socket } from 'node:net'
import { afterEach, expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { pause } from '../../support/pause.ts'
import { createRelay, type Relay } from '../../support/relay.ts'
import { until } from '../../support/until.ts'
import { waitFor } from '../../support/wait-for.ts'
import { connectHttp1 } from '../client.ts'
import { connectHttp2 } from '../h2-client.ts'
import type { Peer } from '../peer.ts'
import { createStage } from '../stage.ts'

/** D4 where a connection is young: its TLS handshake takes round trips of its own. */
export function handshakes(host: Host): void {
  const { start, row } = createStage(host)
  const relays: Relay[] = []
  afterEach(() => {
    for (const relay of relays.splice(0)) relay.close()
  })

  row('D4 counts idleGraceMs from the end of a TLS handshake', async () => {
    const drain = { idleGraceMs: 300, graceMs: 20_000 }
    const site = await start({ '/': (call) => call.send(200, 'served') }, { options: { drain } })
    const relay = await createRelay(site.port, 400)
    relays.push(relay)
    const accepted = new Promise((resolve) => site.server.once('connection', resolve))
    const target = { port: relay.port, tls: true }
    const connecting: Promise<Peer> =
      host.speaks === 'h2' ? connectHttp2(target) : connectHttp1(target)
    await waitFor('the connection', accepted)
    const drained = site.hang.drain()
    const peer = await waitFor('the handshake', connecting)
    await pause(150)
    expect(await waitFor('the reply', peer.request().reply)).toMatchObject({ status: 200 })
    peer.fin()
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
  })

  /** The head of a record, as of a ClientHello. */
  const part = Buffer.of(22, 3, 1, 2, 0)

  for (const [what, sent, atLeastMs] of [
    ['has not begun idleGraceMs', Buffer.of(), 100],
    ['goes no further a quarter of graceMs', part, 1_000],
  ] as const) {
    row(`D4 gives a TLS handshake that ${what}`, async () => {
      const drain = { idleGraceMs: 100, graceMs: 4_000 }
      const site = await start({ '/': (call) => call.send(200) }, { options: { drain } })
      const accepted = new Promise<Socket>((resolve) => site.server.once('connection', resolve))
      const client = connect({ port: site.port, host: '127.0.0.1', allowHalfOpen: true })
      client.on('error', () => {})
      client.write(sent)
      const socket = await waitFor('the connection', accepted)
      await until('its bytes', () => socket.bytesRead === sent.length)
      const began = performance.now()
      const report = await waitFor('the drain', site.hang.drain())
      client.destroy()
      expect(performance.now() - began).toBeGreaterThanOrEqual(atLeastMs - 10)
      expect(report.phases.map(({ name }) => name)).not.toContain('abort')
      expect(report).toMatchObject({ clean: true, connections: { idle: 1, destroyed: 0 } })
    })
  }
}
