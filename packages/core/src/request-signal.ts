import { AsyncResource } from 'node:async_hooks'

/** An AbortSignal whose listeners run where it was asked for, not where the socket closed. */
export interface RequestSignal {
  readonly signal: AbortSignal
  abort(reason: unknown): void
}

/**
 * Captures the AsyncLocalStorage context of the caller: abort listeners would otherwise see that of
 * whoever noticed the abort (https://nodejs.org/api/async_context.html).
 */
export function createRequestSignal(): RequestSignal {
  const controller = new AbortController()
  const scope = new AsyncResource('HangupSignal', { requireManualDestroy: true })
  return {
    signal: controller.signal,
    abort(reason) {
      scope.runInAsyncScope(controller.abort, controller, reason)
    },
  }
}

/** For a signal that is first read after the abort. */
export function createAbortedSignal(reason: unknown): RequestSignal {
  return { signal: AbortSignal.abort(reason), abort() {} }
}
