import type { HangupOptions } from '@hangup/core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { freePort } from './address.ts'
import { type AppProcess, type Framework, startApp } from './app-process.ts'
import type { Ports } from './recipe.ts'
import { roll } from './rolling.ts'
import type { Router } from './router.ts'

const RESTARTS = 6
const REQUESTS = 3_000
const ROLLING_MS = 120_000

export interface RollingRow {
  readonly framework: Framework
  /** The router's name. */
  readonly behind: string
  readonly options: HangupOptions
  startRouter(ports: Ports): Promise<Router>
}

/** D14, in short; `npm run soak` is the long one. */
export function rollingRow({ framework, behind, options, startRouter }: RollingRow): void {
  it(
    `D14 loses no order of ${framework} in ${RESTARTS} rolling restarts behind ${behind}`,
    async () => {
      const { requests, failures, exits, routed } = await roll({
        framework,
        isWithUs: true,
        options,
        restarts: RESTARTS,
        requests: REQUESTS,
        startRouter,
      })
      const failed = Object.fromEntries(failures)
      console.info(`${framework} behind ${behind}:`, { requests, failed, exits, routed })
      expect(requests).toBeGreaterThanOrEqual(REQUESTS)
      expect(failed).toEqual({})
      expect(routed.failed).toEqual([])
      // None came twice, and none was answered by anybody else.
      expect(routed.answered).toBeLessThanOrEqual(requests)
      expect(routed.answered + routed.unlogged).toBeGreaterThanOrEqual(requests)
      expect(exits).toEqual(Array(RESTARTS).fill(0))
    },
    ROLLING_MS,
  )
}

export interface Stand {
  readonly app: AppProcess
  readonly router: Router
}

/** One process for all rows of a framework, behind a router of each row's own, which has it twice. */
export function createStand(framework: Framework) {
  let port = 0
  let app: AppProcess | undefined
  beforeAll(async () => {
    port = await freePort()
    app = await startApp({ framework, port, isWithUs: true })
  })
  afterAll(() => app?.kill())

  return async (startRouter: (ports: Ports) => Promise<Router>): Promise<Stand> => {
    if (app === undefined) throw new Error('no row has begun')
    const router = await startRouter([port, port])
    onTestFinished(() => router.kill())
    return { app, router }
  }
}
