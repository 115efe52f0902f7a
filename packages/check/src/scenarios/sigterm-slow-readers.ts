import { setTimeout } from 'node:timers/promises'
import { getRequest } from '../clients/target.ts'
import { within } from '../within.ts'
import type { Scenario } from './scenario.ts'

const READERS = 4
const BEGUN_MS = 5_000
const READ_ON_MS = 500

export const sigtermSlowReaders: Scenario = {
  name: 'sigterm-slow-readers',
  title: 'SIGTERM with clients that read slowly, and one that never does',
  question:
    'Does an answer arrive whole that was being delivered at SIGTERM, and does the service end although one client never reads?',
  advice:
    'An answer that the handler is through with may not have been delivered yet: wait until it has, but not for ever. --download-path names an answer of some megabytes, which is where this shows.',
  kind: 'sigterm',
  hasEndlessClients: true,
  async run({ target, openWire, openWires, terminate }) {
    const request = getRequest(target, target.paths.download)
    const wires = await openWires(READERS)
    for (const wire of wires) wire.holdReading()
    const answers = wires.map((wire) => wire.send(request))
    const never = openWire()
    never.holdReading()
    void never.opened.then(() => never.write(request.head))
    const begun = [...wires, never].map(({ answering }) => answering)
    await within(BEGUN_MS, Promise.all(begun))
    terminate()
    await setTimeout(READ_ON_MS)
    for (const wire of wires) wire.resume()
    await Promise.all(answers)
  },
}
