import { createServer, type Server } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import { listen } from '../hosts/transport.ts'
import { pause } from '../support/pause.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Child, startChild } from './child.ts'

const LOOPS = 10
const children: Child[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill()
})

it('D2 loses no new connection where a successor listens on the same socket', async () => {
  const { lost, processes } = await loopThrough('handed on', async (old, successor) => {
    successor.send('SIGUSR2')
    await successor.told('listening')
    await end(old)
  })
  expect({ lost, processes: processes.size }).toEqual({ lost: 0, processes: 2 })
})

it('D2 loses no new connection while nobody listens, where somebody else holds the socket', async () => {
  const { lost, processes } = await loopThrough('held by another', async (old, successor) => {
    await end(old)
    await pause(200)
    successor.send('SIGUSR2')
    await successor.told('listening')
  })
  expect({ lost, processes: processes.size }).toEqual({ lost: 0, processes: 2 })
})

interface Tally {
  answered: number
  lost: number
  readonly processes: Set<string>
}

/** Clients in loops, while one process takes over from another, which has the same socket from this one. */
async function loopThrough(
  how: string,
  takeOver: (old: Child, successor: Child) => Promise<void>,
): Promise<Tally> {
  const parent = createServer()
  const port = await listen(parent)
  const old = startChild('inherited', {}, descriptorOf(parent))
  const successor = startChild('inherited', {}, descriptorOf(parent))
  children.push(old, successor)
  await Promise.all([old.told('ready'), successor.told('ready')])
  parent.close() // From here on only the children hold it.
  old.send('SIGUSR2')
  await old.told('listening')
  const tally: Tally = { answered: 0, lost: 0, processes: new Set() }
  const stop = new AbortController()
  const loops = Array.from({ length: LOOPS }, () => getInALoop(port, tally, stop.signal))
  await pause(200)
  await takeOver(old, successor)
  await pause(200)
  stop.abort()
  await waitFor('the loops', Promise.all(loops))
  console.info(`a listener ${how}:`, { ...tally, processes: tally.processes.size })
  return tally
}

async function end(old: Child): Promise<void> {
  old.send('SIGTERM')
  expect(await waitFor('the old process to end', old.ended)).toMatchObject({ code: 0 })
}

/** Node has no public word for it; a supervisor in another language has the number anyway. */
function descriptorOf(server: Server): number {
  return Reflect.get(Object(Reflect.get(server, '_handle')), 'fd')
}

/** A connection for each request. */
async function getInALoop(port: number, tally: Tally, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const client = await connectHttp1({ port, tls: false })
    const { reply } = client.request({ headers: { connection: 'close' } })
    const { status, text, ending } = await waitFor('a reply', reply)
    if (status === 200 && ending === 'complete') tally.answered++
    else tally.lost++
    tally.processes.add(text)
    client.fin()
  }
}
