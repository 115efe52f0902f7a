import { setTimeout } from 'node:timers/promises'
import type { HangupOptions } from '@hangup/core'

/** `with` us, or as people write it without. */
export const isWithUs = process.argv[2] === 'with'
export const port = Number(process.env.PORT)

/** Short, so that clients that never send the rest do not make the test long. */
export const options: HangupOptions = { drain: { graceMs: 4_000, abortMs: 500 } }

/** An answer that no kernel takes in one go. */
export const download = Buffer.alloc(16 * 2 ** 20, 'x')

const WORK_MS = 80

/** What a request asks for. Who left does not get it. */
export async function work(signal: AbortSignal | undefined): Promise<string> {
  await setTimeout(WORK_MS, undefined, signal === undefined ? {} : { signal })
  return 'done\n'
}
