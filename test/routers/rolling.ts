import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from './address.ts'
import { type AppProcess, type Framework, startApp } from './app-process.ts'
import { startLoad, type Tally } from './load.ts'
import type { Road } from './roads.ts'
import type { LogEntry, Router } from './router.ts'

export interface RollingPlan {
  readonly framework: Framework
  readonly road: Road
  readonly isWithUs: boolean
  readonly restarts: number
  /** As many orders at least, and as many restarts. */
  readonly requests: number
  /** Given how to ask for what has been counted so far. */
  readonly onStart?: (soFar: () => Progress) => void
  /** Where it aborts, the rest is given up, and all that was started ends. */
  readonly signal?: AbortSignal
}

export interface Progress extends Readonly<Tally> {
  /** How the processes ended, one a restart. */
  readonly exits: readonly (number | 'killed')[]
}

export interface RollingResult extends Progress {
  /** Orders that the router's log has with 200, what it says of all others, and the lines it left out. */
  readonly routed: {
    readonly answered: number
    readonly failed: readonly string[]
    readonly unlogged: number
  }
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
  const { framework, road, isWithUs, signal } = plan
  const { options, sides } = road
  const ports = [await freePort(), await freePort()] as const
  const apps = new Map<number, AppProcess>()
  const exits: (number | 'killed')[] = []
  let router: Router | undefined

  async function start(port: number): Promise<AppProcess> {
    const app = await startApp({ framework, port, speaks: sides.app, isWithUs, options })
    apps.set(port, app)
    return app
  }

  async function restart(port: number): Promise<void> {
    exits.push((await apps.get(port)?.terminate(PATIENCE_MS)) ?? 'killed')
    const app = await start(port)
    await app.told('busy', BACK_MS)
  }

  try {
    const started = await Promise.all(ports.map(start))
    router = await road.startRouter(ports)
    await router.foundAll()
    const load = startLoad(router)
    try {
      const soFar = () => ({ ...load.tally, exits })
      plan.onStart?.(soFar)
      await Promise.all(started.map((app) => app.told('busy', BACK_MS)))
      while (exits.length < plan.restarts) {
        signal?.throwIfAborted()
        await restart(ports[exits.length % 2 === 0 ? 0 : 1])
      }
      while (load.tally.requests < plan.requests) await pause(100, undefined, { signal })
      await load.stop()
      const unlogged = await router.unlogged()
      return { ...soFar(), routed: { ...readLog(await router.end()), unlogged } }
    } finally {
      await load.stop()
    }
  } finally {
    for (const app of apps.values()) app.kill()
    await router?.kill()
  }
}

function readLog(entries: readonly LogEntry[]): Omit<RollingResult['routed'], 'unlogged'> {
  const orders = entries.filter(({ path }) => path === '/order')
  const failed = orders.filter(({ status }) => status !== 200)
  return {
    answered: orders.length - failed.length,
    failed: failed.map(({ status, how }) => `${status} ${how}`),
  }
}
