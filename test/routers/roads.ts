import type { HangupOptions } from '@hangup/core'
import { FRAMEWORKS, type Framework } from './app-process.ts'
import { startHaproxy } from './haproxy.ts'
import { startNginx } from './nginx.ts'
import { PLAIN, type Ports, type Sides } from './recipe.ts'
import type { Router } from './router.ts'

/** From clients to the application: a router, and what is spoken on both sides of it. */
export interface Road {
  readonly sides: Sides
  /** Whose servers here speak so. */
  readonly frameworks: readonly Framework[]
  /** What the router's recipe wants of the application. */
  readonly options: HangupOptions
  startRouter(ports: Ports): Promise<Router>
}

/**
 * After 1,000 requests on a session nginx sends a GOAWAY, and takes in none that crosses it: its clients would
 * have to send those again.
 */
const NO_GOAWAY = 'keepalive_requests 1000000;'

/** The plain ones first, then those that say what their clients speak or what the application does. */
export const ROADS = {
  nginx: nginx({}),
  haproxy: haproxy({}),
  'h2-nginx': nginx({ clients: 'h2' }),
  'h2-haproxy': haproxy({ clients: 'h2' }),
  'nginx-https': nginx({ app: 'https' }),
  'haproxy-https': haproxy({ app: 'https' }),
  'haproxy-h2c': haproxy({ app: 'h2c' }),
  'haproxy-h2': haproxy({ app: 'h2' }),
} satisfies Record<string, Road>

export type RoadName = keyof typeof ROADS

function nginx(given: Partial<Sides>): Road {
  const sides = { ...PLAIN, ...given }
  const directives = sides.clients === 'h2' ? NO_GOAWAY : ''
  return {
    sides,
    frameworks: speakers(sides),
    options: {},
    startRouter: (ports) => startNginx(ports, { sides, directives }),
  }
}

function haproxy(given: Partial<Sides>): Road {
  const sides = { ...PLAIN, ...given }
  return {
    sides,
    frameworks: speakers(sides),
    options: { drain: { unreadyMs: 1_000 } },
    startRouter: (ports) => startHaproxy(ports, { sides }),
  }
}

function speakers({ app }: Sides): readonly Framework[] {
  return app === 'http' || app === 'https' ? FRAMEWORKS : ['node', 'koa']
}
