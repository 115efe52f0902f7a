import { startClock } from './own-time.ts'

/**
 * Resolves with the promise; rejects after `ms`, and says what it waited for. What counts is the time that
 * this process had: a busy machine makes nothing late.
 */
export async function waitFor<T>(what: string, promise: Promise<T> | T, ms = 5_000): Promise<T> {
  let stop = () => 0
  const timeout = new Promise<never>((_, reject) => {
    stop = startClock((elapsedMs) => {
      if (elapsedMs > ms) reject(new Error(`waited ${ms} ms for ${what}`))
    })
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    stop()
  }
}
