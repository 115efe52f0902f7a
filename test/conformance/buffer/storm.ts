import { createReadStream, existsSync, readdirSync } from 'node:fs'
import type { Server } from 'node:net'
import { expect } from 'vitest'
import type { Call, Host, Routes } from '../../hosts/host.ts'
import { heap } from '../../support/heap.ts'
import { pause } from '../../support/pause.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { leavesOf } from '../leaves.ts'
import type { PeerRequest } from '../peer.ts'
import { createStage } from '../stage.ts'
import { aborted, untilAborted } from '../visit.ts'

/** `HANGUP_REQUESTS=10000` for the long run, which weighs the heap too; `HANGUP_SEED` for other moments. */
const ABORTS = Number(process.env.HANGUP_REQUESTS ?? 300)
const WEIGHED = 10_000
const SEED = Number(process.env.HANGUP_SEED ?? 20)
const AT_ONCE = 20
const LONGEST_MS = 12
/** More than one TLS record: what is under way when a reset comes may never be called back (Node 24 and 26). */
const LARGE = 'x'.repeat(30_000)
const ON_PURPOSE = 'on purpose'
const DESCRIPTORS = '/proc/self/fd'

const routes: Routes = {
  '/small': (call) => call.send(200, 'small'),
  '/file': (call) => call.stream(createReadStream(process.execPath)),
  async '/upload'(call) {
    await Promise.race([call.body(), aborted(call.signal)])
    call.send(200, 'thank you')
  },
  async '/slow'(call) {
    await pause(5)
    if (call.signal.aborted) throw call.signal.reason
    call.send(200, LARGE)
  },
  '/never': untilAborted,
  async '/failing'({ res }: Call) {
    res.statusCode = 200
    res.write('half a page')
    await pause(5)
    throw new Error(ON_PURPOSE)
  },
}

const requests: readonly PeerRequest[] = [
  { path: '/small' },
  { path: '/file' },
  {
    path: '/upload',
    headers: { 'content-type': 'application/octet-stream', 'content-length': '200000' },
    body: Buffer.alloc(50_000),
    open: true,
  },
  { path: '/slow' },
  { path: '/never' },
  { path: '/failing' },
]

/** B7, B8 and A9, all at once and at moments that nobody has thought of. */
export function storm(host: Host): void {
  const { start, row } = createStage(host)

  row(
    'B8 survives aborts at random moments, leaves nothing open and still answers',
    async () => {
      const random = createRandom(SEED)
      const pick = <Item>(items: readonly Item[]): Item =>
        items[Math.floor(random() * items.length)] as Item
      const site = await start(routes)

      /** Most connections are used once; some clients wait for their answers. */
      async function visit(): Promise<void> {
        const peer = await site.connect()
        const leave = pick(leavesOf(host))
        const sent = peer.request(pick(requests))
        if (random() < 0.3) await Promise.race([sent.head, pause(LONGEST_MS)])
        await pause(random() * LONGEST_MS)
        leave.go(peer, sent)
        await pause(random() * LONGEST_MS)
        if (host.speaks === 'h2') peer.reset()
        await waitFor(`the end of a connection that was left by ${leave.name}`, peer.closed)
      }

      async function visits(count: number): Promise<void> {
        let left = count
        const clients = Array.from({ length: AT_ONCE }, async () => {
          while (left-- > 0) await visit()
        })
        await Promise.all(clients)
        await answer()
        await waitFor('the connections to close', noConnections(site.server), 30_000)
        await waitFor(
          'the handlers',
          until(() => site.hang.exchanges().length === 0),
        )
        await turns()
      }

      /** Behind all that still waits in the accept queue. */
      async function answer(): Promise<void> {
        const peer = await site.connect()
        const sent = peer.request({ path: '/small' })
        const whole = { status: 200, text: 'small', ending: 'complete' }
        expect(await waitFor('an answer', sent.reply)).toMatchObject(whole)
        peer.fin()
        await waitFor('the end of its connection', peer.closed)
      }

      await visits(Math.max(AT_ONCE, ABORTS / 10))
      const early = site.errors.take()
      const before = { descriptors: descriptors(), listeners: listeners(), heap: heap() }
      await visits(ABORTS)
      await waitFor(
        'the files to close',
        until(() => descriptors() <= before.descriptors),
        30_000,
      )
      expect(listeners()).toEqual(before.listeners)
      const unexpected = [...early, ...site.errors.take()].filter(
        ({ text }) => !text.includes(ON_PURPOSE),
      )
      expect(unexpected).toEqual([])
      const grown = (heap() - before.heap) / ABORTS
      if (ABORTS >= WEIGHED) {
        console.info(`${host.name}: ${Math.round(grown)} bytes of heap an abort`)
        expect(grown).toBeLessThan(100)
      }

      function listeners(): number[] {
        return [site.server, process].map(countListeners)
      }
    },
    600_000,
  )
}

/** mulberry32: the same moments for the same seed, as far as the machine allows. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Of this process, clients and all; 0 where the system does not tell. */
function descriptors(): number {
  return existsSync(DESCRIPTORS) ? readdirSync(DESCRIPTORS).length : 0
}

function countListeners(emitter: NodeJS.EventEmitter): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0)
}

async function noConnections(server: Server): Promise<void> {
  const count = () =>
    new Promise<number>((resolve) => server.getConnections((_, open) => resolve(open)))
  while ((await count()) > 0) await pause(5)
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(5)
}
