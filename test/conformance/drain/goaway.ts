import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { pause } from '../../support/pause.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage } from '../stage.ts'
import { createVisit } from '../visit.ts'
import { createPhases } from './phases.ts'

const REFUSED_STREAM = 7

/** D6: the numbers in GOAWAY, and which streams they promise (RFC 9113 §6.8). */
export function goaway(host: Host): void {
  const { start, row } = createStage(host)

  row(
    'D6 says GOAWAY with the last stream, completes those up to it, runs none above',
    async () => {
      const goOn = createLatch()
      const phases = createPhases()
      const urls: string[] = []
      const wait = async (call: Parameters<Parameters<typeof createVisit>[0] & object>[0]) => {
        urls.push(call.req.url ?? '')
        await goOn.opened
        call.send(200, 'served')
      }
      const third = createVisit(wait)
      const site = await start(
        { '/1': wait, '/2': wait, '/3': third.handler, '/above': wait },
        { options: { onPhase: phases.onPhase } },
      )
      const client = await site.connectFrames()
      const ids = ['/1', '/2', '/3'].map((path) => client.open({ path }))
      await waitFor('three requests', third.arrived)
      const drained = site.close()
      expect(await waitFor('GOAWAY', client.goneAway)).toMatchObject({ lastStreamId: 5, code: 0 })

      const above = client.open({ path: '/above' })
      await waitFor('a PING', client.ping())
      expect(urls).toEqual(['/1', '/2', '/3'])
      goOn.open()
      const streams = await waitFor('the replies', Promise.all(ids.map((id) => client.settled(id))))
      expect(streams.map(({ status, ended }) => ({ status, ended }))).toEqual(
        ids.map(() => ({ status: 200, ended: true })),
      )
      expect(await waitFor('the close', client.closed)).toBe('fin')
      await waitFor('the drain', drained)
      expect(client.stream(above)).toMatchObject({ status: 0, lost: 'fin' })
      expect(urls).toEqual(['/1', '/2', '/3'])
      for (const { lastStreamId, code } of client.goaways) {
        expect({ lastStreamId, code }).toEqual({ lastStreamId: 5, code: 0 })
      }
      const { clean, sessions } = await phases.reached('closed')
      expect({ clean, sessions }).toEqual({ clean: true, sessions: { finished: 1, destroyed: 0 } })
    },
  )

  row('D6 counts what had arrived unread when the drain began', async () => {
    const phases = createPhases()
    const site = await start(
      { '/': (call) => call.send(200, 'served') },
      { options: { onPhase: phases.onPhase } },
    )
    const client = await site.connectFrames()
    await waitFor('a reply', client.settled(client.open()))
    const ids = [client.open(), client.open(), client.open()]
    const drained = site.hang.drain()
    expect(await waitFor('GOAWAY', client.goneAway)).toMatchObject({ lastStreamId: 7, code: 0 })
    for (const id of ids) {
      expect(await waitFor('a reply', client.settled(id))).toMatchObject({ status: 200 })
    }
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
  })

  row('D6 says GOAWAY to an idle session at once, then FIN', async () => {
    const site = await start(
      { '/': (call) => call.send(200, 'served') },
      { options: { drain: { idleGraceMs: 5_000, graceMs: 20_000 } } },
    )
    const client = await site.connectFrames()
    await waitFor('a reply', client.settled(client.open()))
    const drained = site.hang.drain()
    expect(await waitFor('GOAWAY', client.goneAway, 500)).toMatchObject({
      lastStreamId: 1,
      code: 0,
    })
    expect(await waitFor('the close', client.closed)).toBe('fin')
    expect(await waitFor('the drain', drained)).toMatchObject({
      clean: true,
      sessions: { finished: 1, destroyed: 0 },
    })
  })

  row('D6 gives a session without a stream idleGraceMs for its first', async () => {
    const phases = createPhases()
    const site = await start(
      { '/': (call) => call.send(200, 'served') },
      { options: { drain: { idleGraceMs: 300 }, onPhase: phases.onPhase } },
    )
    const [speaks, silent] = [await site.connectFrames(), await site.connectFrames()]
    for (const client of [speaks, silent]) await waitFor('a PING', client.ping())
    const drained = site.hang.drain()
    await phases.reached('finish')
    await pause(100)
    expect(silent.goaways).toEqual([])
    const id = speaks.open()
    expect(await waitFor('GOAWAY', speaks.goneAway)).toMatchObject({ lastStreamId: id, code: 0 })
    expect(await waitFor('the reply', speaks.settled(id))).toMatchObject({
      status: 200,
      ended: true,
    })
    expect(await waitFor('GOAWAY', silent.goneAway)).toMatchObject({ lastStreamId: 0, code: 0 })
    expect(await waitFor('the drain', drained)).toMatchObject({
      clean: true,
      sessions: { finished: 2, destroyed: 0 },
    })
  })

  row('D6 takes the rest of an upload that had begun', async () => {
    const phases = createPhases()
    const visit = createVisit(async (call) => {
      call.send(200, `${(await call.body()).length}`)
    })
    const site = await start({ '/': visit.handler }, { options: { onPhase: phases.onPhase } })
    const client = await site.connectFrames()
    const id = client.open({
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      open: true,
    })
    client.data(id, Buffer.alloc(50_000, 'x'))
    await waitFor('the request', visit.arrived)
    const drained = site.hang.drain()
    await phases.reached('finish')
    client.data(id, Buffer.alloc(250_000, 'x'), true)
    const { status, chunks } = await waitFor('the reply', client.settled(id))
    expect({ status, text: Buffer.concat(chunks).toString() }).toEqual({
      status: 200,
      text: '300000',
    })
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
  })

  row('D3 refuses the first stream of a session after the soft deadline', async () => {
    const phases = createPhases()
    const goOn = createLatch()
    const stuck = createVisit(async (call) => {
      await goOn.opened
      call.send(200, 'at last')
    })
    let runs = 0
    const drain = { graceMs: 200, abortMs: 10_000, idleGraceMs: 5_000 }
    const site = await start(
      {
        '/stuck': stuck.handler,
        '/': (call) => {
          runs++
          call.send(200, 'too late')
        },
      },
      { options: { drain, onPhase: phases.onPhase } },
    )
    const [busy, late] = [await site.connectFrames(), await site.connectFrames()]
    const kept = busy.open({ path: '/stuck' })
    await waitFor('the request', stuck.arrived)
    await waitFor('a PING', late.ping())
    const drained = site.hang.drain()
    await phases.reached('abort')
    const refused = late.open()
    expect(await waitFor('the refusal', late.settled(refused))).toMatchObject({
      status: 0,
      rstCode: REFUSED_STREAM,
    })
    goOn.open()
    expect(await waitFor('the stuck one', busy.settled(kept))).toMatchObject({ status: 200 })
    const { requests, clean } = await waitFor('the drain', drained)
    expect({ clean, runs }).toEqual({ clean: true, runs: 0 })
    expect(requests).toEqual({ finished: 1, refused: 1, aborted: 0, lost: [] })
  })
}
