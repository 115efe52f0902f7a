import type { HangupOptions } from '@hangup/core'
import type { ErrorLog } from './error-log.ts'

/** The row's options, on top of no signal handlers in the test process and a drain that ends soon. */
export function testOptions(given: HangupOptions = {}): HangupOptions {
  const drain = { graceMs: 20_000, abortMs: 300, closeMs: 1_000, idleGraceMs: 50, ...given.drain }
  return { signals: false, ...given, drain }
}

/** The same with a logger whose errors count as errors; Fastify brings its own. */
export function loggedOptions(errors: ErrorLog, given?: HangupOptions): HangupOptions {
  const silent = () => {}
  const error = (...args: unknown[]) => errors.add('hangup', args)
  return { logger: { debug: silent, info: silent, warn: silent, error }, ...testOptions(given) }
}
