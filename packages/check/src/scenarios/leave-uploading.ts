import { setTimeout } from 'node:timers/promises'
import { uploadRequest } from '../clients/target.ts'
import type { Scenario } from './scenario.ts'

const BODY_BYTES = 200_000
/** For the half that was sent to be read. */
const SENT_MS = 100

export const leaveUploading: Scenario = {
  name: 'leave-uploading',
  title: 'Clients leave while they upload',
  question:
    'Does the service go on, and stay quiet, when clients hang up in the middle of an upload?',
  advice:
    'Reading a body fails with "aborted" or ECONNRESET when its client leaves. Handle that error where the body is read, or it ends more than this request.',
  kind: 'leave',
  async run({ target, connections, openWires }) {
    const request = uploadRequest(target, BODY_BYTES)
    const half = request.body.slice(0, BODY_BYTES / 2)
    const wires = await openWires(connections)
    for (const wire of wires) void wire.send(request, [request.head, half])
    await setTimeout(SENT_MS)
    wires.forEach((wire, index) => {
      wire.leave(index % 2 === 0 ? 'fin' : 'reset')
    })
  },
}
