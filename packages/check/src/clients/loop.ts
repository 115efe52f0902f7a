import { setTimeout } from 'node:timers/promises'
import type { Request } from './target.ts'
import type { Wire } from './wire.ts'

const THINK_MS = 10

/**
 * Sends the request again and again on one kept connection, after a thought of up to 10 ms each, and on
 * a new one where the last is over; until it is refused, or `over`.
 */
export async function requestInLoop(
  first: Wire,
  open: () => Wire,
  request: Request,
  over: AbortSignal,
): Promise<void> {
  let wire = first
  while (!over.aborted) {
    const { fate } = await wire.send(request)
    if (fate === 'refused') break
    await setTimeout(Math.random() * THINK_MS)
    if (!wire.isOpen) wire = open()
  }
  wire.leave('fin')
}
