import { AsyncResource } from 'node:async_hooks'

/** An AbortSignal whose listeners run where it was asked for, not where the socket closed. */
export interface RequestSignal {
  readonly signal: AbortSignal
  abort(reason: unknown): void
}

/** One that has not been aborted yet. */
export function createRequestSignal(): RequestSignal {
  return new LiveSignal('HangupSignal', { requireManualDestroy: true })
}

/** For a signal that is first read after the abort. */
export function createAbortedSignal(reason: unknown): RequestSignal {
  return { signal: AbortSignal.abort(reason), abort() {} }
}

/**
 * Captures the AsyncLocalStorage context of the caller: abort listeners would otherwise see that of
 * whoever noticed the abort (https://nodejs.org/api/async_context.html).
 */
class LiveSignal extends AsyncResource implements RequestSignal {
  private readonly controller = new AbortController()

  get signal(): AbortSignal {
    return this.controller.signal
  }

  abort(reason: unknown): void {
    this.runInAsyncScope(this.controller.abort, this.controller, reason)
  }
}
