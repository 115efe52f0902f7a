import type { Observed } from './judge.ts'
import { isListening, type Launched } from './launch.ts'
import { sendNewcomers } from './newcomers.ts'
import type { Scenario } from './scenarios/scenario.ts'
import type { End } from './service.ts'
import type { StageControl } from './stage.ts'
import { within } from './within.ts'

/** Until SIGTERM is sent. */
const PREPARE_MS = 60_000
/** By now a load balancer sends nothing more, whatever connections say. */
const LOAD_OFF_MS = 3_000
/** For what was on its way when the process ended. */
const SETTLE_MS = 3_000

/** Lets the scenario send SIGTERM under its load, and looks how requests and process end. */
export async function runSigterm(
  scenario: Scenario,
  { service, target }: Launched,
  control: StageControl,
  exitMs: number,
): Promise<Observed> {
  const { stage, problems, terminated } = control
  const { recorder, problem } = stage
  const clients = Promise.all([
    scenario.run(stage),
    terminated.then(() => sendNewcomers(stage)),
  ]).catch((error: unknown) => problem(`The clients failed: ${error}`))

  await within(PREPARE_MS, Promise.race([terminated, service.ended, clients]))
  const exit = recorder.sigtermAt === undefined ? undefined : await watchExit(recorder.sigtermAt)
  if (exit === undefined) problem(unprepared(service.end))
  control.clear()
  await service.destroy()
  await within(SETTLE_MS, clients)
  return {
    counts: recorder.counts,
    ...(exit !== undefined && { exit }),
    stderr: service.takeStderr(),
    problems,
    timeline: recorder.finish(),
  }

  async function watchExit(sigtermAt: number) {
    const loadOff = setTimeout(control.stopClients, LOAD_OFF_MS)
    const end = await within(exitMs, service.ended)
    const afterMs = Math.round(recorder.now() - sigtermAt)
    clearTimeout(loadOff)
    control.stopClients()
    if (end === undefined) {
      recorder.mark('exit', 'the check ended it')
      return { code: null, signal: 'SIGKILL', afterMs }
    }
    recorder.mark('exit', wordsOf(end))
    await within(SETTLE_MS, clients)
    if (await isListening(target)) {
      problem('The command ended, but something that it has started listens on.')
    }
    return { code: end.code, signal: end.signal, afterMs }
  }
}

function unprepared(end: End | undefined): string {
  return end === undefined
    ? `Requests before SIGTERM were not answered within ${PREPARE_MS} ms.`
    : `The service did not live to see SIGTERM: ${wordsOf(end)}.`
}

function wordsOf({ code, signal }: End): string {
  return code === null ? `ended by ${signal}` : `exit with code ${code}`
}
