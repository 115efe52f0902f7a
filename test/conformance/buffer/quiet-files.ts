import { createReadStream } from 'node:fs'
import type { Outcome } from '@hangup/core'
import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { suddenLeave } from '../leaves.ts'
import { createStage } from '../stage.ts'

const COUNT = 20

/** B8: an aborted download is one outcome and one debug line. */
export function quietFiles(host: Host): void {
  const { start, row } = createStage(host)

  row(`B8 makes ${COUNT} outcomes and no error of ${COUNT} aborted file streams`, async () => {
    const outcomes: Outcome[] = []
    const all = createLatch()
    const lines: unknown[] = []
    const silent = () => {}
    const site = await start(
      { '/': (call) => call.stream(createReadStream(process.execPath)) },
      {
        options: {
          ...(host.framework !== 'fastify' && {
            logger: {
              debug: (details: object) => lines.push(details),
              info: silent,
              warn: (details: object) => lines.push(details),
              error: (details: object) => lines.push(details),
            },
          }),
          onSettled(_, outcome) {
            outcomes.push(outcome)
            if (outcomes.length === COUNT) all.open()
          },
        },
      },
    )
    const peers = await Promise.all(Array.from({ length: COUNT }, () => site.connect()))
    const sent = peers.map((peer) => peer.request())
    await waitFor('all heads', Promise.all(sent.map(({ head }) => head)))
    for (const [i, peer] of peers.entries()) {
      const request = sent[i]
      if (request !== undefined) suddenLeave(host).go(peer, request)
    }
    await waitFor('all outcomes', all.opened)
    await turns(20)
    expect(outcomes).toHaveLength(COUNT)
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        kind: 'aborted',
        by: 'client',
        phase: 'response',
        status: 200,
      })
    }
    if (host.framework !== 'fastify') expect(lines).toHaveLength(COUNT)
  })
}
