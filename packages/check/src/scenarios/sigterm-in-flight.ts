import { getRequest } from '../clients/target.ts'
import { untilAtWork } from './at-work.ts'
import type { Scenario } from './scenario.ts'

export const sigtermInFlight: Scenario = {
  name: 'sigterm-in-flight',
  title: 'SIGTERM with requests in flight',
  question: 'Do requests that are being worked on at SIGTERM get their whole answer?',
  advice:
    'The process ended, or closed its connections, before its answers were out. Handle SIGTERM: stop listening, wait for the requests in flight, and only then exit.',
  kind: 'sigterm',
  async run({ target, connections, rehearsal, openWires, terminate }) {
    const wires = await openWires(connections)
    const answers = wires.map((wire) => wire.send(getRequest(target)))
    await untilAtWork(rehearsal)
    terminate()
    await Promise.all(answers)
  },
}
