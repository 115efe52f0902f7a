import { getRequest } from '../clients/target.ts'
import { within } from '../within.ts'
import type { Scenario } from './scenario.ts'

/** From here on the client has waited long enough. */
const PATIENCE_MS = 5_000

export const leaveReceiving: Scenario = {
  name: 'leave-receiving',
  title: 'Clients leave while the answer comes',
  question:
    'Does the service go on, and stay quiet, when clients hang up in the middle of an answer?',
  advice:
    'A stream that is piped into the response fails when the client leaves: handle its error and close its source, in Node by stream.pipeline, or it ends more than this request.',
  kind: 'leave',
  async run({ target, connections, openWires }) {
    const wires = await openWires(connections)
    await Promise.all(
      wires.map(async (wire, index) => {
        wire.holdReading()
        void wire.send(getRequest(target, target.paths.download))
        await within(PATIENCE_MS, wire.answering)
        wire.leave(index % 2 === 0 ? 'fin' : 'reset')
      }),
    )
  },
}
