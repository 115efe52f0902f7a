import type { HangupOptions } from '@hangup/core'
import { pause } from '../support/pause.ts'
import { freePort } from './address.ts'
import { type AppProcess, type Framework, startApp } from './app-process.ts'
import { startLoad, type Tally } from './load.ts'
import type { Ports } from './recipe.ts'
import type { Router } from './router.ts'

export interface RollingPlan {
  readonly framework: Framework
  readonly isWithUs: boolean
  readonly options: HangupOptions
  readonly restarts: number
  /** As many orders at least, and as many restarts. */
  readonly requests: number
  /** For a screen: how far it is. */
  readonly onProgress?: (soFar: Omit<RollingResult, 'routed'>) => void
  startRouter(ports: Ports): Promise<Router>
}

export interface RollingResult extends Tally {
  readonly restarts: number
  /** How the processes ended. */
  readonly exits: readonly (number | 'killed')[]
  /** Orders that the router's log has with 200, and what it says of all others. */
  readonly routed: { readonly answered: number; readonly failed: readonly string[] }
}

/** What an orchestrator waits before it kills. */
const PATIENCE_MS = 10_000
/** For the router to send orders to a process that has just been started. */
const BACK_MS = 10_000

/**
 * Two processes behind a router, and orders all the time. One process after the other is told to go,
 * and started again on its port when it has gone; the next one is not touched before the router has
 * sent an order to this one.
 */
export async function roll(plan: RollingPlan): Promise<RollingResult> {
  const { framework, isWithUs, options } = plan
  const ports = [await freePort(), await freePort()] as const
  const start = (port: number) => startApp({ framework, port, isWithUs, options })
  const apps: AppProcess[] = []
  let router: Router | undefined
  try {
    apps.push(...(await Promise.all(ports.map(start))))
    router = await plan.startRouter(ports)
    const load = startLoad(router.port)
    const exits: (number | 'killed')[] = []
    const soFar = () => ({ ...load.tally, restarts: exits.length, exits })
    await Promise.all(apps.map((app) => app.told('busy', BACK_MS)))
    for (let nth = 0; nth < plan.restarts; nth++) {
      const which = nth % 2
      exits.push((await apps[which]?.terminate(PATIENCE_MS)) ?? 'killed')
      const app = await start(ports[which] ?? 0)
      apps[which] = app
      await app.told('busy', BACK_MS)
      plan.onProgress?.(soFar())
    }
    while (load.tally.requests < plan.requests) {
      await pause(100)
      plan.onProgress?.(soFar())
    }
    await load.stop()
    const entries = (await router.end()).filter(({ path }) => path === '/order')
    const failed = entries.filter(({ status }) => status !== 200)
    return {
      ...soFar(),
      routed: {
        answered: entries.length - failed.length,
        failed: failed.map(({ status, how }) => `${status} ${how}`),
      },
    }
  } finally {
    for (const app of apps) app.kill()
    await router?.kill()
  }
}
