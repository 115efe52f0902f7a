import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Bytes that a process holds once it has collected its garbage. */
export interface Weight {
  /** Heap and external memory. */
  readonly heap: number
  readonly rss: number
}

let collect: (() => void) | undefined

/** More than once, with turns between: what the first round lets go of is freed by the next. */
export async function weigh(): Promise<Weight> {
  collect ??= exposeGc()
  for (let round = 0; round < 4; round++) {
    collect()
    await pause(30)
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  return { heap: heapUsed + external, rss }
}

function exposeGc(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
}
