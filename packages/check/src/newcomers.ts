import { setTimeout } from 'node:timers/promises'
import { getRequest } from './clients/target.ts'
import type { Fate } from './result.ts'
import type { Stage } from './stage.ts'

const FIRST_MS = 25
const EVERY_MS = 50

/** Clients that go on coming after SIGTERM, as long as nobody has told them of it: until one is refused. */
export async function sendNewcomers(stage: Stage): Promise<void> {
  const { target, over, rehearsal } = stage
  const request = getRequest(target, target.paths.work, ['Connection', 'close'])
  const answers: Promise<Fate>[] = []
  let isRefused = false
  let excused = 0
  await setTimeout(FIRST_MS)
  while (!isRefused && !over.aborted) {
    const answer = rehearsal.speaksHttp1 ? overHttp1() : stage.openSession().send()
    void answer.then((fate) => {
      isRefused ||= fate === 'refused'
    })
    answers.push(answer)
    await setTimeout(EVERY_MS)
  }
  await Promise.all(answers)

  /** No process alone can help the one that knocks in the very instant in which the door is shut. */
  function excuse(): boolean {
    return excused++ === 0
  }

  async function overHttp1(): Promise<Fate> {
    return (await stage.openWire({ excuse }).send(request)).fate
  }
}
