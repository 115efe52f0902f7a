import { nextTick } from 'node:process'
import { getRequest } from '../clients/target.ts'
import { times } from '../times.ts'
import type { Scenario } from './scenario.ts'

/** For each client that is there already: all at the same instant, and fewer than the usual accept queue holds. */
const NEWCOMERS_EACH = 4
const MAX_NEWCOMERS = 400

export const sigtermQueue: Scenario = {
  name: 'sigterm-queue',
  title: 'SIGTERM with a full accept queue',
  question: 'Are clients served that connected before SIGTERM and had not been accepted yet?',
  advice:
    'The listener was closed while connections waited in its queue, and the kernel reset them. Accept what has knocked already before you close it: in Node, let the event loop turn a few times.',
  kind: 'sigterm',
  async run({ target, connections, openWire, openWires, terminate }) {
    const wires = await openWires(connections)
    // Work for the service, so that it does not accept the others as fast as they come.
    const atWork = wires.map((wire) => wire.send(getRequest(target)))
    const knocking = times(Math.min(connections * NEWCOMERS_EACH, MAX_NEWCOMERS), () =>
      openWire().send(getRequest(target)),
    )
    // Node makes connections on the next tick.
    await new Promise<void>((made) => nextTick(made))
    terminate()
    await Promise.all([...atWork, ...knocking])
  },
}
