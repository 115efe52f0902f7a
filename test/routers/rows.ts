import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { freePort } from './address.ts'
import { type AppProcess, type Framework, startApp } from './app-process.ts'
import type { Ports } from './recipe.ts'
import { ROADS, type RoadName } from './roads.ts'
import { roll } from './rolling.ts'
import type { Router } from './router.ts'
import type { Speaks } from './servers/given.ts'

const REQUESTS = 3_000
const ROLLING_MS = 120_000

/** D14, in short; `npm run soak` is the long one. */
export function rollingRow(framework: Framework, name: RoadName, restarts = 6): void {
  it(
    `D14 loses no order of ${framework} in ${restarts} rolling restarts behind ${name}`,
    async () => {
      const { requests, failures, exits, routed } = await roll({
        framework,
        road: ROADS[name],
        isWithUs: true,
        restarts,
        requests: REQUESTS,
      })
      const failed = Object.fromEntries(failures)
      console.info(`${framework} behind ${name}:`, { requests, failed, exits, routed })
      expect(requests).toBeGreaterThanOrEqual(REQUESTS)
      expect(failed).toEqual({})
      expect(routed.failed).toEqual([])
      // None came twice, and none was answered by anybody else.
      expect(routed.answered).toBeLessThanOrEqual(requests)
      expect(routed.answered + routed.unlogged).toBeGreaterThanOrEqual(requests)
      expect(exits).toEqual(Array(restarts).fill(0))
    },
    ROLLING_MS,
  )
}

export interface Stand {
  readonly app: AppProcess
  readonly router: Router
}

/** One process for all rows of a framework, behind a router of each row's own, which has it twice. */
export function createStand(framework: Framework, speaks: Speaks = 'http') {
  let port = 0
  let app: AppProcess | undefined
  beforeAll(async () => {
    port = await freePort()
    app = await startApp({ framework, speaks, port, isWithUs: true })
  })
  afterAll(() => app?.kill())

  return async (startRouter: (ports: Ports) => Promise<Router>): Promise<Stand> => {
    if (app === undefined) throw new Error('no row has begun')
    const router = await startRouter([port, port])
    onTestFinished(() => router.kill())
    return { app, router }
  }
}
