import { performance } from 'node:perf_hooks'
import { duration } from './duration.ts'
import { abortReason, optionError } from './errors.ts'
import { isThenable } from './is-thenable.ts'
import { onlyKnown } from './only-known.ts'
import { createRequestSignal, type RequestSignal } from './request-signal.ts'

/** How `shield` bounds its function. */
export interface ShieldOptions {
  /** Milliseconds after which the shield's signal aborts. Default 0: only the drain's hard deadline does. */
  timeoutMs?: number
}

const OPTIONS: readonly (keyof ShieldOptions)[] = ['timeoutMs']

/** A shield or a `waitUntil` that had not settled. */
export interface UnfinishedWork {
  /** The function's name or the label that was given, else the request. */
  readonly label: string
  /** Milliseconds since it began. */
  readonly ageMs: number
}

/** Work that a drain waits for, whatever becomes of the client: shields and `waitUntil`. */
export interface WorkSet {
  readonly size: number
  /** @param request names it in a report, behind the function's own name. */
  shield<T>(
    fn: (signal: AbortSignal) => T | PromiseLike<T>,
    request: string,
    options?: ShieldOptions,
  ): Promise<T>
  /** @param isQuiet whether a rejection says no more than what is known already. */
  waitUntil(
    promise: PromiseLike<unknown>,
    label: string,
    isQuiet: (error: unknown) => boolean,
  ): void
  unfinished(): UnfinishedWork[]
  /** The drain's hard deadline: the signals of all shields abort, also of those to come. */
  abort(): void
}

interface Item {
  readonly label: string
  readonly since: number
  readonly shielded: RequestSignal | undefined
}

/**
 * @param failed told once of each rejection of a `waitUntil` that is not quiet. A shield's goes to who called it.
 * @param changed called whenever a piece of work has ended.
 */
export function createWorkSet(
  failed: (error: unknown, label: string) => void,
  changed: () => void,
): WorkSet {
  const items = new Set<Item>()
  let isAborted = false

  function begin(label: string, shielded?: RequestSignal): Item {
    const item = { label, since: performance.now(), shielded }
    items.add(item)
    return item
  }

  function end(item: Item): void {
    items.delete(item)
    changed()
  }

  return {
    get size() {
      return items.size
    },
    async shield(fn, request, options = {}) {
      if (typeof fn !== 'function')
        throw optionError('shield(fn)', 'a function, which gets the signal', fn)
      onlyKnown('shield options', options, OPTIONS)
      const timeoutMs = duration('shield timeoutMs', options.timeoutMs, 0)
      const shielded = createRequestSignal()
      const item = begin(`${fn.name || 'shield'} (${request})`, shielded)
      const timer =
        timeoutMs > 0 ? setTimeout(abort, timeoutMs, shielded, 'ERR_DEADLINE').unref() : undefined
      if (isAborted) abort(shielded, 'ERR_DRAIN_DEADLINE')
      try {
        return await fn(shielded.signal)
      } finally {
        clearTimeout(timer)
        end(item)
      }
    },
    waitUntil(promise, label, isQuiet) {
      if (!isThenable(promise))
        throw optionError('waitUntil(promise)', 'a promise: what the function returns', promise)
      const item = begin(label)
      promise.then(
        () => end(item),
        (error) => {
          end(item)
          if (!isQuiet(error)) failed(error, label)
        },
      )
    },
    unfinished() {
      const now = performance.now()
      return Array.from(items, ({ label, since }) => ({ label, ageMs: Math.round(now - since) }))
    },
    abort() {
      isAborted = true
      for (const { shielded } of items)
        if (shielded !== undefined) abort(shielded, 'ERR_DRAIN_DEADLINE')
    },
  }
}

function abort(shielded: RequestSignal, code: 'ERR_DEADLINE' | 'ERR_DRAIN_DEADLINE'): void {
  shielded.abort(abortReason(code, 'handler'))
}
