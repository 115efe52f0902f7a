import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { tell } from './tell.ts'

/** What a request asks for. */
export interface Job {
  /** How long the work takes when nobody stops it. */
  readonly ms: number
  /** What this client is going to do. Only the count of its signals depends on it. */
  readonly client: 'stays' | 'leaves'
  /** Whether the signal stops the work. An order that has been taken is carried out. */
  readonly isStoppable: boolean
}

export function jobOf(url = '/'): Job {
  const { searchParams } = new URL(url, 'http://localhost')
  const client = searchParams.get('client') === 'leaves' ? 'leaves' : 'stays'
  return { ms: Number(searchParams.get('ms')), client, isStoppable: !searchParams.has('order') }
}

/** What every handler of the demonstration does: takes a lock, works, and lets go of the lock in `finally`. */
export async function runJob(
  { ms, client, isStoppable }: Job,
  signal: AbortSignal | undefined,
  upload?: Readable,
): Promise<string> {
  tell({ event: 'locked' })
  countAbort(client, signal)
  try {
    if (upload !== undefined) for await (const _chunk of upload);
    await setTimeout(ms, undefined, signal && isStoppable ? { signal } : {})
    return 'done\n'
  } finally {
    tell({ event: 'unlocked' })
  }
}

/** A page that no kernel takes in one go. */
export const download = Buffer.alloc(32 * 1024 * 1024, 'x')

/** Native to the newest Nodes alone. */
export function nativeSignal(req: object): AbortSignal | undefined {
  const signal: unknown = Reflect.get(req, 'signal')
  return signal instanceof AbortSignal ? signal : undefined
}

function countAbort(client: Job['client'], signal: AbortSignal | undefined): void {
  const count = () => tell({ event: 'aborted', client })
  if (signal?.aborted) count()
  else signal?.addEventListener('abort', count, { once: true })
}
