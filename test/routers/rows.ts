import type { HangupOptions } from '@hangup/core'
import { expect, it, onTestFinished } from 'vitest'
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
      expect(routed).toEqual({ answered: requests, failed: [] })
      expect(exits).toEqual(Array(RESTARTS).fill(0))
    },
    ROLLING_MS,
  )
}

export interface Stand {
  readonly app: AppProcess
  readonly router: Router
}

/** One process behind a router, which has it twice; both are ended with the row. */
export async function stand(
  framework: Framework,
  startRouter: (ports: Ports) => Promise<Router>,
): Promise<Stand> {
  const port = await freePort()
  const app = await startApp({ framework, port, isWithUs: true })
  onTestFinished(() => app.kill())
  const router = await startRouter([port, port])
  onTestFinished(() => router.kill())
  return { app, router }
}
