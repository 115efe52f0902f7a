import { setTimeout } from 'node:timers/promises'
import { getRequest } from './clients/target.ts'
import type { Observed } from './judge.ts'
import type { Launched } from './launch.ts'
import type { Scenario } from './scenarios/scenario.ts'
import type { StageControl } from './stage.ts'
import { times } from './times.ts'
import { within } from './within.ts'

/** For what the clients' leaving causes: the handlers they left come to their ends. */
const AFTERMATH_MS = 300
const MAX_AFTERMATH_MS = 5_000
const HEALTHY = 12
const ANSWER_MS = 15_000

/** Lets clients leave, then looks whether the service is as it was before. */
export async function runLeaving(
  scenario: Scenario,
  { service }: Launched,
  { stage, problems, clear }: StageControl,
): Promise<Observed> {
  const { rehearsal, recorder, target, openWire, problem } = stage
  service.takeStderr()
  await Promise.race([scenario.run(stage), service.ended])
  await setTimeout(Math.min(rehearsal.medianMs * 1.5, MAX_AFTERMATH_MS) + AFTERMATH_MS)
  const healthy = times(HEALTHY, () => openWire().send(getRequest(target)))
  await within(ANSWER_MS, Promise.all(healthy))
  clear()
  if (service.end !== undefined) {
    const { code, signal } = service.end
    problem(`The service ended${code === null ? ` by ${signal}` : ` with code ${code}`}.`)
  }
  if (recorder.counts.refused > 0) {
    problem(`${recorder.counts.refused} healthy requests were refused.`)
  }
  const stderr = service.takeStderr()
  return { counts: recorder.counts, stderr, problems, timeline: recorder.finish() }
}
