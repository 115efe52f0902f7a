import { pause } from '../support/pause.ts'
import type { Customer } from './customer.ts'
import { createHttp1Customers } from './http1-customers.ts'
import { createHttp2Customers } from './http2-customers.ts'
import type { Router } from './router.ts'

/** What became of the orders, as their clients see it. */
export interface Tally {
  requests: number
  failed: number
  /** How they failed, and how often. */
  readonly failures: Map<string, number>
}

export interface Load {
  readonly tally: Tally
  /** Resolves when every loop has its last answer. */
  stop(): Promise<void>
}

const LOOPS = 48
/** The longest pause between two orders of a loop. */
const THINK_MS = 100

/** Loops of POST over kept connections, none of which sends anything twice. */
export function startLoad({ port, speaks }: Pick<Router, 'port' | 'speaks'>): Load {
  const tally: Tally = { requests: 0, failed: 0, failures: new Map() }
  let isOver = false

  async function loop(customer: Customer, name: number): Promise<void> {
    for (let nth = 0; !isOver; nth++) {
      const failure = await customer.order(`order ${nth} of ${name}`)
      tally.requests++
      if (failure !== undefined) {
        tally.failed++
        tally.failures.set(failure, (tally.failures.get(failure) ?? 0) + 1)
      }
      await pause(Math.random() * THINK_MS)
    }
  }

  const create = speaks === 'h2' ? createHttp2Customers : createHttp1Customers
  const customers = create(port, LOOPS)
  const loops = Promise.all(customers.map(loop))
  return {
    tally,
    async stop() {
      isOver = true
      await loops
      for (const customer of customers) customer.leave()
    },
  }
}
