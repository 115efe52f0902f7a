import { afterEach, describe, expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import { pause } from '../support/pause.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Child, startChild } from './child.ts'
import type { ClusterGiven } from './fixtures/cluster.ts'

const LOOPS = 20

/** D12, D13: workers that go while their primary stays. */
describe('cluster', () => {
  const children: Child[] = []
  afterEach(() => {
    for (const child of children.splice(0)) child.kill()
  })

  for (const by of ['disconnect', 'SIGTERM'] as const) {
    it(`D12 loses nothing while a primary rolls its workers by ${by}`, async () => {
      const child = startChild('cluster', { by } satisfies ClusterGiven)
      children.push(child)
      const port = Number(await child.told('port'))
      const tally = { answered: 0, lost: 0, workers: new Set<string>() }
      const stop = new AbortController()
      const loops = Array.from({ length: LOOPS }, () => postInALoop(port, tally, stop.signal))
      await pause(200)
      child.send('SIGUSR2')
      await child.told('rolled')
      await pause(200)
      stop.abort()
      await waitFor('the loops', Promise.all(loops))
      const { answered, lost, workers } = tally
      console.info(`cluster, by ${by}:`, { answered, lost, workers: workers.size })
      expect(lost).toBe(0)
      expect(workers.size).toBe(4)
      expect(child.lines.filter((line) => line.startsWith('left'))).toEqual([
        'left 0 null',
        'left 0 null',
      ])
    })
  }
})

async function postInALoop(
  port: number,
  tally: { answered: number; lost: number; workers: Set<string> },
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    const client = await connectHttp1({ port, tls: false })
    let isOpen = true
    void client.ended.then(() => {
      isOpen = false
    })
    for (let count = 0; count < 20 && isOpen && !stop.aborted; count++) {
      const { reply } = client.request({ method: 'POST', body: '' })
      const { status, text, ending, headers } = await waitFor('a reply', reply)
      if (status === 200 && ending === 'complete') tally.answered++
      else tally.lost++
      tally.workers.add(text)
      if (headers.connection === 'close') break
      await pause(5)
    }
    client.fin()
  }
}
