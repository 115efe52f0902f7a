import { getRequest } from '../clients/target.ts'
import { untilAtWork } from './at-work.ts'
import type { Scenario } from './scenario.ts'

export const leaveWaiting: Scenario = {
  name: 'leave-waiting',
  title: 'Clients leave while the handler works',
  question:
    'Does the service go on, and stay quiet, when clients hang up before their answer comes?',
  advice:
    'The handler answers a connection that is gone: EPIPE, ECONNRESET or "write after end". Handle that error where the answer is written, or it ends more than this request.',
  kind: 'leave',
  async run({ target, connections, rehearsal, openWires }) {
    const wires = await openWires(connections)
    for (const wire of wires) void wire.send(getRequest(target))
    await untilAtWork(rehearsal)
    wires.forEach((wire, index) => {
      wire.leave(index % 2 === 0 ? 'fin' : 'reset')
    })
  },
}
