import type { Course } from './against-bare.ts'

const CONNECTIONS = 50

/** Promise P1. */
export const HELLO: Course = {
  name: 'hello',
  task: { path: '/', connections: CONNECTIONS, tool: 'burst' },
  variants: ['with', 'unheld', 'touched'],
  plan: { lives: 5, rounds: 50, requests: 400, warmUpRequests: 15_000, counts: 'tenth' },
  bounds: [
    { promise: 'P1', variant: 'with', atLeast: 0.97 },
    { promise: 'P1', variant: 'unheld', atLeast: 0.99 },
  ],
}

/** The same, from a program that many have. */
export const HELLO_BY_WRK: Course = {
  name: 'hello, by wrk',
  task: { path: '/', connections: CONNECTIONS, tool: 'wrk' },
  variants: ['with'],
  // wrk counts seconds.
  plan: { lives: 1, rounds: 7, requests: 0, warmUpRequests: 0 },
}

export const POST: Course = {
  name: 'JSON by POST',
  task: {
    path: '/json',
    connections: CONNECTIONS,
    json: {
      id: 4711,
      name: 'one order',
      lines: Array.from({ length: 10 }, (_, line) => ({ line })),
    },
  },
  variants: ['touched'],
  plan: { lives: 2, rounds: 7, requests: 1_500, warmUpRequests: 4_000 },
}

export const PAGE: Course = {
  name: 'a page of 100 writes in one turn',
  task: { path: '/page', connections: 10 },
  variants: ['with'],
  plan: { lives: 1, rounds: 7, requests: 400, warmUpRequests: 6_000 },
}

/** Promise P2. */
export const SPACED: Course = {
  name: '100 spaced writes',
  task: { path: '/spaced', connections: 10 },
  variants: ['with', 'joined'],
  plan: { lives: 1, rounds: 7, requests: 300, warmUpRequests: 4_000 },
  bounds: [{ promise: 'P2', variant: 'with', atLeast: 5 }],
}

/** Promise P2, where these two are given no stream. */
export const RAW_SPACED: Course = {
  ...SPACED,
  name: "100 spaced writes to Node's own response (ctx.res, reply.raw)",
  task: { path: '/raw-spaced', connections: 10 },
  hosts: ['koa', 'fastify'],
}

export const LARGE: Course = {
  name: 'a body of 1 MiB',
  task: { path: '/large', connections: 10 },
  variants: ['with', 'unheld'],
  plan: { lives: 1, rounds: 7, requests: 150, warmUpRequests: 150 },
}

export const STREAM: Course = {
  name: 'a stream of 100 MiB',
  task: { path: '/stream', connections: 1, tool: 'download' },
  variants: ['with', 'unheld'],
  plan: { lives: 1, rounds: 7, requests: 1, warmUpRequests: 2 },
}
