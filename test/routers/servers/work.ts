import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { tell } from './given.ts'

/** More than is held, and than a socket takes in one go. */
const PART = 'x'.repeat(100_000)
/** For the first part of a page to leave before the second. */
const BETWEEN_PARTS_MS = 50

let orders = 0

/** Answers with what it was sent, after a moment. */
export async function takeOrder(order: string): Promise<string> {
  if (orders++ === 0) tell('busy')
  await setTimeout(5)
  return order
}

/** `/wait?ms=…` works for as long, or until it is told not to. */
export async function wait(url = '', signal: AbortSignal | undefined): Promise<string> {
  tell('begun')
  const { searchParams } = new URL(url, 'http://localhost')
  try {
    await setTimeout(Number(searchParams.get('ms')), undefined, { signal })
    return 'waited'
  } finally {
    tell('waited', signal?.aborted ? signal.reason.code : 'the end')
  }
}

/** The parts of `/whole`, and of `/cut`, which never gets its last. */
export async function* partsOf(url = ''): AsyncGenerator<string> {
  tell('page', url)
  yield PART
  await setTimeout(BETWEEN_PARTS_MS)
  if (url === '/cut') throw new Error('the template broke')
  yield PART
}

export function streamOf(url: string): Readable {
  return Readable.from(partsOf(url), { objectMode: false })
}
