import { setTimeout } from 'node:timers/promises'
import { getRequest, uploadRequest } from '../clients/target.ts'
import type { Scenario } from './scenario.ts'

const EACH = 4
const BODY_BYTES = 20_000
/** For the first halves to be read. */
const SENT_MS = 100
const REST_MS = 300

export const sigtermHalfRequest: Scenario = {
  name: 'sigterm-half-request',
  title: 'SIGTERM with half a request sent',
  question:
    'Is a request answered whose second half comes after SIGTERM, and does the service end although two others never come?',
  advice:
    'Half a head or half a body counts as a request that has arrived: wait for the rest of it, but not for ever. Where the service did not end, give the wait a limit, and close what is still open then.',
  kind: 'sigterm',
  hasEndlessClients: true,
  async run({ target, openWire, openWires, terminate }) {
    const get = getRequest(target)
    const upload = uploadRequest(target, BODY_BYTES)
    const halfOf = (text: string) => text.slice(0, text.length / 2)
    const restOf = (text: string) => text.slice(text.length / 2)
    const heads = await openWires(EACH)
    const bodies = await openWires(EACH)
    const answers = [
      ...heads.map((wire) => wire.send(get, [halfOf(get.head)])),
      ...bodies.map((wire) => wire.send(upload, [upload.head, halfOf(upload.body)])),
    ]
    for (const text of [halfOf(get.head), upload.head + halfOf(upload.body)]) {
      const stubborn = openWire()
      void stubborn.opened.then(() => stubborn.write(text))
    }
    await setTimeout(SENT_MS)
    terminate()
    await setTimeout(REST_MS)
    for (const wire of heads) wire.write(restOf(get.head))
    for (const wire of bodies) wire.write(restOf(upload.body))
    await Promise.all(answers)
  },
}
