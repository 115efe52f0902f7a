import { createServer } from 'node:net'

const taken = new Set<number>()
const FIRST = 20_000
const PORTS_EACH = 1_000

/**
 * A port that stays free between two starts of a service: below those that the kernel gives out by itself,
 * and in a range of this test process's own.
 */
export async function freePort(): Promise<number> {
  const worker = Number(process.env.VITEST_POOL_ID ?? 0)
  const first = FIRST + (worker % 10) * PORTS_EACH
  for (;;) {
    const port = first + Math.floor(Math.random() * PORTS_EACH)
    if (taken.has(port)) continue
    taken.add(port)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
