import { pause } from './pause.ts'

const STEP_MS = 20
const LIMIT_MS = 5_000

/** For what nobody tells, such as that a file has been written or a process of another is gone: it is asked for. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < LIMIT_MS; waited += STEP_MS) {
    if (await isSo()) return
    await pause(STEP_MS)
  }
  throw new Error(`waited ${LIMIT_MS} ms for ${what}`)
}
