import { describe, expect, it } from 'vitest'
import { ABORTED } from './fate.ts'
import { leave } from './leaving.ts'
import { ROADS } from './roads.ts'
import { createStand, rollingRow } from './rows.ts'

describe.each(['nginx-https', 'haproxy-https', 'haproxy-h2'] as const)('%s', (name) => {
  const { sides, startRouter } = ROADS[name]
  const standBehind = createStand('node', sides.app)
  // What `haproxy-h2` loses stands among what docs/guarantees.md does not promise yet.
  if (name !== 'haproxy-h2') rollingRow('node', name, 4)

  it('A1 hears of clients that leave', async () => {
    const { app, router } = await standBehind(startRouter)
    const [byFin, byRst] = await leave(router, app, 10_000)
    expect([byFin, byRst]).toEqual(Array(2).fill(ABORTED))
  })
})
