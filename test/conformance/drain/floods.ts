import type { Server } from 'node:net'
import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { pause } from '../../support/pause.ts'
import { waitFor } from '../../support/wait-for.ts'
import { openConnection } from '../connection.ts'
import * as wire from '../h2-wire.ts'
import { createStage } from '../stage.ts'
import { createVisit } from '../visit.ts'
import { DRAIN, expectBounded } from './bounded.ts'

const frames = {
  PING: wire.encodeFrame(wire.PING, 0, 0, Buffer.alloc(8)),
  SETTINGS: wire.encodeFrame(wire.SETTINGS, 0, 0, Buffer.alloc(0)),
}

/** D8 on HTTP/2: clients that never stop to talk, and clients that never begin. */
export function floods(host: Host): void {
  const { start, row } = createStage(host)

  for (const name of ['PING', 'SETTINGS'] as const) {
    for (const reads of [true, false]) {
      const what = reads ? 'without end' : 'without end and reads no answer'
      row(`D8 is bounded by a client that says ${name} ${what}`, async () => {
        const visit = createVisit((call) => call.send(200, Buffer.alloc(1 << 20)))
        const site = await start({ '/': visit.handler }, { options: { drain: DRAIN } })
        const client = await site.connectFrames({ mute: true, stingy: true, ignoreFin: true })
        const id = client.open()
        await waitFor('the head', client.answered(id))
        if (!reads) client.pause()
        const stop = client.flood(frames[name])
        await pause(50)
        await expectBounded(site)
        stop()
        expect(await openConnections(site.server)).toBe(0)
      })
    }
  }

  for (const [what, words] of [
    ['never says its preface', ''],
    ['says its preface and no more', wire.PREFACE],
  ] as const) {
    row(`D8 is bounded by a client that ${what}`, async () => {
      const site = await start({}, { options: { drain: DRAIN } })
      const accepted = new Promise((resolve) => site.server.once('session', resolve))
      const { stream, reset } = await openConnection({ port: site.port, tls: host.tls }, 'h2')
      stream.on('error', () => {})
      stream.resume()
      if (words !== '') stream.write(words)
      await waitFor('its session', accepted)
      await expectBounded(site)
      expect(await openConnections(site.server)).toBe(0)
      reset()
    })
  }
}

function openConnections(server: Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )
}
