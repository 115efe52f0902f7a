import { afterEach, expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { pause } from '../../support/pause.ts'
import { createRelay, type Relay } from '../../support/relay.ts'
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
}
