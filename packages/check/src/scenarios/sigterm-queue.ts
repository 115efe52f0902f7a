import { getRequest } from '../clients/target.ts'
import { times } from '../times.ts'
import { within } from '../within.ts'
import type { Scenario } from './scenario.ts'

/** Fewer than the usual accept queue holds. */
const MAX_KNOCKING = 400
const KNOCKING_EACH = 4
const STALL_MS = 300

export const sigtermQueue: Scenario = {
  name: 'sigterm-queue',
  title: 'SIGTERM with a full accept queue',
  question:
    'Are clients served that connected before SIGTERM, while the service was too busy to accept them?',
  advice:
    'The listener was closed while connections waited in its queue, and the kernel reset them. Accept what has knocked already before you close it: in Node, let the event loop turn a few times.',
  kind: 'sigterm',
  async run({ target, connections, openWire, stall, terminate }) {
    // As in a long computation, a garbage collection, or on a machine without time for it.
    stall(true)
    const knocking = times(Math.min(connections * KNOCKING_EACH, MAX_KNOCKING), () => openWire())
    const answers = knocking.map((wire) => wire.send(getRequest(target)))
    // Connected by the kernel; TLS has to wait.
    await within(STALL_MS, Promise.all(knocking.map(({ opened }) => opened)))
    terminate()
    stall(false)
    await Promise.all(answers)
  },
}
