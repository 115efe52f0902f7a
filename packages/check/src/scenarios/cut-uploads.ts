import { uploadRequest } from '../clients/target.ts'
import { within } from '../within.ts'
import type { Scenario } from './scenario.ts'

const BODY_BYTES = 200_000
const CLIENTS = 8
/** A service that answers by now does not wait for the body. */
const EARLY_MS = 300
const PATIENCE_MS = 5_000

export const cutUploads: Scenario = {
  name: 'cut-uploads',
  title: 'Uploads are cut short',
  question: 'Does the service tell half an upload from a whole one?',
  advice:
    'The body was shorter than its Content-Length says, and was taken for whole. Compare the two, or listen for the error or "aborted" of the request, before its body is used.',
  kind: 'leave',
  async run({ target, openWires, problem }) {
    const request = uploadRequest(target, BODY_BYTES)
    const half = request.body.slice(0, BODY_BYTES / 2)
    const wires = await openWires(CLIENTS)
    const taken = await Promise.all(
      wires.map(async (wire) => {
        const answer = wire.send(request, [request.head, half])
        const early = await within(EARLY_MS, answer)
        if (early !== undefined) return false
        wire.halfClose()
        const { status = 0 } = (await within(PATIENCE_MS, answer)) ?? {}
        return status >= 200 && status < 300
      }),
    )
    const wrong = taken.filter(Boolean).length
    if (wrong > 0)
      problem(
        `${wrong} of ${CLIENTS} uploads that were cut half-way were answered as if they were whole.`,
      )
  },
}
