import { existsSync, readFileSync } from 'node:fs'

const ACCOUNT = '/proc/thread-self/io'

/** How many write system calls this thread has made; undefined where the system does not tell. */
export function writeCalls(): number | undefined {
  if (!existsSync(ACCOUNT)) return undefined
  const [, count] = /^syscw: (\d+)$/m.exec(readFileSync(ACCOUNT, 'utf8')) ?? []
  return count === undefined ? undefined : Number(count)
}
