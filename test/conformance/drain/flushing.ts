import { Readable } from 'node:stream'
import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { pause } from '../../support/pause.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage } from '../stage.ts'
import { createVisit } from '../visit.ts'
import { createPhases } from './phases.ts'

const BYTES = 30_000_000

/** D5: `server.close()` of Node would cut these. */
export function flushing(host: Host): void {
  const { start, row } = createStage(host)

  for (const [what, respond] of [
    ['a response that has been ended', (call) => call.send(200, Buffer.alloc(BYTES, 'x'))],
    ['a response that is piped', (call) => call.stream(Readable.from(parts()))],
  ] satisfies [string, Parameters<typeof createVisit>[0]][]) {
    row(`D5 delivers every byte of ${what} to a slow reader`, async () => {
      const phases = createPhases()
      const visit = createVisit(respond)
      const drain = { graceMs: 20_000, idleGraceMs: 50 }
      const site = await start(
        { '/': visit.handler },
        { options: { drain, onPhase: phases.onPhase } },
      )
      const peer = await site.connect()
      const sent = peer.request()
      await waitFor('the head', sent.head)
      peer.pause()
      const drained = site.close()
      await phases.reached('finish')
      for (let stop = 0; stop < 4; stop++) {
        await pause(100)
        peer.resume()
        await pause(2)
        peer.pause()
      }
      expect(phases.entered).not.toContain('abort')
      peer.resume()
      const reply = await waitFor('the reply', sent.reply, 8_000)
      expect({ bytes: reply.body.length, ending: reply.ending }).toEqual({
        bytes: BYTES,
        ending: 'complete',
      })
      const { clean, requests } = await phases.reached('closed')
      await waitFor('the close', drained)
      expect({ clean, requests }).toEqual({
        clean: true,
        requests: { finished: 1, refused: 0, aborted: 0, lost: [] },
      })
    })
  }

  row('D5 delivers a response that was held back until the drain', async () => {
    const phases = createPhases()
    const visit = createVisit(async (call) => {
      const res = call.raw()
      for (let line = 0; line < 10; line++) {
        res.write(`line ${line}\n`)
        await pause(10)
      }
      res.end()
    })
    const site = await start({ '/': visit.handler }, { options: { onPhase: phases.onPhase } })
    const peer = await site.connect()
    const { reply } = peer.request()
    await waitFor('the request', visit.arrived)
    const drained = site.close()
    const { text, ending } = await waitFor('the reply', reply)
    expect(ending).toBe('complete')
    expect(text.split('\n')).toHaveLength(11)
    await waitFor('the close', drained)
    expect((await phases.reached('closed')).clean).toBe(true)
  })
}

function* parts(): Generator<Buffer> {
  for (let part = 0; part < 30; part++) yield Buffer.alloc(BYTES / 30, 'x')
}
