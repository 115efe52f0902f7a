import { createServer } from 'node:http'
import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { listen } from '../../hosts/transport.ts'
import { createLatch } from '../../support/latch.ts'
import { pause } from '../../support/pause.ts'
import { stall } from '../../support/stall.ts'
import { waitFor } from '../../support/wait-for.ts'
import { connectHttp1 } from '../client.ts'
import { createStage, type Site } from '../stage.ts'
import { createVisit } from '../visit.ts'
import { createPhases } from './phases.ts'

const CLIENTS = 200
const STALL_MS = 300

type Fate = 'answered' | 'refused' | 'lost'

/** D2: what has knocked is let in, and what comes later is told so. */
export function acceptQueue(host: Host): void {
  const { start, row } = createStage(host)

  row('D2 answers 200 of 200 clients that connected while the event loop stood still', async () => {
    const options = { drain: { idleGraceMs: 3_000, graceMs: 120_000 } }
    const site = await start({ '/': (call) => call.send(200, 'served') }, { options })
    const fates = Array.from({ length: CLIENTS }, () => visit(site))
    await new Promise<void>((next) => process.nextTick(next)) // By now all of them have called connect().
    stall(STALL_MS)
    const drained = site.hang.drain()
    const counted = count(await waitFor('200 clients', Promise.all(fates), 10_000))
    console.info(`${host.name}: ${CLIENTS} clients behind a stall`, counted)
    expect(counted).toEqual({ answered: CLIENTS, refused: 0, lost: 0 })
    expect(await waitFor('the drain', drained, 10_000)).toMatchObject({ clean: true })
  })

  row(
    'D2 answers 200 of 200 clients that connected where each turn of the loop is long',
    async () => {
      const options = { drain: { idleGraceMs: 3_000, graceMs: 120_000 } }
      const site = await start({ '/': (call) => call.send(200, 'served') }, { options })
      site.server.on('connection', () => stall(6))
      const fates = Array.from({ length: CLIENTS }, () => visit(site))
      await new Promise<void>((next) => process.nextTick(next))
      const drained = site.hang.drain()
      const counted = count(await waitFor('200 clients', Promise.all(fates), 10_000))
      expect(counted).toEqual({ answered: CLIENTS, refused: 0, lost: 0 })
      expect(await waitFor('the drain', drained, 10_000)).toMatchObject({ clean: true })
    },
  )

  row('D2 refuses every client behind the first that it refuses, and resets none', async () => {
    const answer = async (call: { send(status: number, body: string): void }) => {
      await pause(150)
      call.send(200, 'served')
    }
    const site = await start({ '/': answer })
    const fates: Promise<Fate>[] = []
    for (let step = 1; step <= 15; step++) {
      fates.push(visit(site))
      if (step === 10) void site.hang.drain()
      await pause(100)
    }
    const stairs = await waitFor('the staircase', Promise.all(fates))
    console.info(`${host.name}: a client every 100 ms, drain at the tenth`, count(stairs))
    expect(stairs).not.toContain('lost')
    expect(stairs.lastIndexOf('answered')).toBeLessThan(stairs.indexOf('refused'))
    expect(stairs.lastIndexOf('answered')).toBeGreaterThanOrEqual(9)
  })

  row('D2 shuts every listener before it waits for any request', async () => {
    const goOn = createLatch()
    const phases = createPhases()
    const visit = createVisit(async (call) => {
      await goOn.opened
      call.send(200, 'served')
    })
    const site = await start({ '/': visit.handler }, { options: { onPhase: phases.onPhase } })
    const second = createServer((_, res) => res.end('the other one'))
    const port = await listen(site.hang.attach(second))
    const peer = await site.connect()
    const { reply } = peer.request()
    await waitFor('the request', visit.arrived)

    const drained = site.hang.drain()
    await phases.reached('finish')
    await expect(site.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await expect(connectHttp1({ port, tls: false })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    goOn.open()
    expect(await waitFor('the reply', reply)).toMatchObject({ status: 200, ending: 'complete' })
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
  })
}

async function visit(site: Site): Promise<Fate> {
  try {
    const peer = await site.connect()
    const { status, ending } = await peer.request().reply
    return status === 200 && ending === 'complete' ? 'answered' : 'lost'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'refused' : 'lost'
  }
}

function count(fates: readonly Fate[]): Record<Fate, number> {
  const counted = { answered: 0, refused: 0, lost: 0 }
  for (const fate of fates) counted[fate]++
  return counted
}
