import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')

/** Collects what is garbage, now. */
export const collect: () => void = runInNewContext('gc')

/** Bytes of heap in use, once what is garbage has been collected. */
export function heap(): number {
  collect()
  return process.memoryUsage().heapUsed
}
