import { afterEach, expect } from 'vitest'
import type { Call, Host } from '../../hosts/host.ts'
import { createLatch, type Latch } from '../../support/latch.ts'
import { pause } from '../../support/pause.ts'
import { createRelay, type Relay } from '../../support/relay.ts'
import { stall } from '../../support/stall.ts'
import { waitFor } from '../../support/wait-for.ts'
import { connectHttp1 } from '../client.ts'
import { createStage } from '../stage.ts'
import { createPhases } from './phases.ts'

const LOOPS = 60

interface Tally {
  answered: number
  /** Connections refused: nothing was sent on them. */
  refused: number
  /** Requests sent and not answered in full. */
  lost: number
  /** Loops that have had their first answer. */
  begun: number
  allAnswered: Latch
}

/** D3 and D4 together: clients that never retry, through a restart. */
export function restarts(host: Host): void {
  const { start, row } = createStage(host)
  const relays: Relay[] = []
  afterEach(() => {
    for (const relay of relays.splice(0)) relay.close()
  })

  for (const [what, roundTripMs, stallMs] of [
    ['0 ms of round trip added', 0, 0],
    ['10 ms of round trip added', 10, 0],
    ['10 ms of round trip added, and a stall longer than idleGraceMs', 10, 350],
  ] as const) {
    row(`D4 loses none of ${LOOPS} loops of POST in a restart, ${what}`, async () => {
      let runs = 0
      const routes = {
        '/': async (call: Call) => {
          runs++
          const body = await call.body()
          await pause(2)
          call.send(200, body)
        },
      }
      const phases = createPhases()
      const drain = { idleGraceMs: 300, graceMs: 20_000 }
      const before = await start(routes, { options: { drain, onPhase: phases.onPhase } })
      const after = await start(routes)
      // A relay would take a client in for a server that refuses it, so it is told where to go.
      const relay = roundTripMs > 0 ? await createRelay(before.port, roundTripMs) : undefined
      if (relay !== undefined) relays.push(relay)
      const ports = relay === undefined ? [before.port, after.port] : [relay.port]

      const tally: Tally = {
        answered: 0,
        refused: 0,
        lost: 0,
        begun: 0,
        allAnswered: createLatch(),
      }
      const stop = new AbortController()
      const loops = Array.from({ length: LOOPS }, (_, thinkMs) =>
        postInALoop(ports, host.tls, tally, thinkMs % 20, stop.signal),
      )
      await waitFor('an answer to every loop', tally.allAnswered.opened, 10_000)
      await pause(100)
      if (relay !== undefined) relay.target = after.port
      if (stallMs > 0) setTimeout(stall, 10, stallMs)
      const report = await waitFor(
        'the drain',
        before.close().then(() => phases),
        10_000,
      )
      const { requests } = await report.reached('closed')
      await pause(100)
      stop.abort()
      await waitFor('the loops to end', Promise.all(loops))
      const { answered, refused, lost } = tally
      console.info(`${host.name}: ${LOOPS} loops of POST, ${what}`, {
        answered,
        refused,
        lost,
        inDrain: requests.finished,
      })
      expect(tally.lost).toBe(0)
      expect(requests.lost).toEqual([])
      expect(requests.finished).toBeGreaterThan(0)
      expect(runs).toBe(tally.answered)
    })
  }
}

/** A pool of one: uses its connection until it is told or sees that it closes, then makes another. */
async function postInALoop(
  [port = 0, ...others]: readonly number[],
  tls: boolean,
  tally: Tally,
  thinkMs: number,
  stop: AbortSignal,
): Promise<void> {
  let isFirst = true
  while (!stop.aborted) {
    const client = await connectHttp1({ port, tls }).catch(() => undefined)
    if (client === undefined) {
      tally.refused++
      return postInALoop(others, tls, tally, thinkMs, stop)
    }
    let isOpen = true
    void client.ended.then(() => {
      isOpen = false
    })
    while (isOpen && !stop.aborted) {
      const headers = { 'content-type': 'text/plain' }
      const reply = await client.request({ headers, body: 'one more' }).reply
      const isWhole = reply.status === 200 && reply.ending === 'complete'
      tally[isWhole ? 'answered' : 'lost']++
      if (isFirst && ++tally.begun === LOOPS) tally.allAnswered.open()
      isFirst = false
      if (reply.headers.connection === 'close') break
      await pause(thinkMs)
    }
    client.fin()
  }
}
