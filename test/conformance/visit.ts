import type { Call, Handler } from '../hosts/host.ts'
import { createLatch } from '../support/latch.ts'

/** A handler for one request, with what a row waits for. */
export interface Visit {
  readonly handler: Handler
  /** The handler has begun. */
  readonly arrived: Promise<Call>
  /** The handler has settled, either way. */
  readonly over: Promise<void>
}

export function createVisit(run: Handler = untilAborted): Visit {
  const arrived = createLatch<Call>()
  const over = createLatch()
  return {
    arrived: arrived.opened,
    over: over.opened,
    async handler(call) {
      arrived.open(call)
      try {
        return await run(call)
      } finally {
        over.open()
      }
    },
  }
}

/** The handler of one's dreams: rejects with the reason as soon as the signal aborts. */
export async function untilAborted({ signal }: Call): Promise<never> {
  throw await aborted(signal)
}

/** Resolves with the reason, at once if the signal has aborted already. */
export function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason)
    else signal.addEventListener('abort', () => resolve(signal.reason), { once: true })
  })
}

/** Commits a response that goes on, by the raw response: its head leaves at once. */
export function startResponse(call: Call, part = 'part'): void {
  const res = call.raw()
  res.writeHead(200, { 'content-type': 'text/plain' })
  res.flushHeaders?.()
  res.write(part)
}
