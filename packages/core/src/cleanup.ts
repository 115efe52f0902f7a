import { AsyncLocalStorage } from 'node:async_hooks'
import { performance } from 'node:perf_hooks'
import { duration } from './duration.ts'
import { optionError } from './errors.ts'
import { onlyKnown } from './only-known.ts'

/** How `onClose` orders and bounds a clean-up function. */
export interface CleanupOptions {
  /** What must be closed before this: names that are registered already. */
  after?: string | readonly string[]
  /** Time for this one, in milliseconds. Default: what is left of `drain.closeMs`. */
  timeoutMs?: number
}

/** How a clean-up function ended. */
export interface CleanupResult {
  /** As it was registered; `'framework'` for the framework's own close. */
  readonly name: string
  /** Milliseconds that it took, or was waited for. */
  readonly ms: number
  /** What it threw or rejected with, or that it was out of time. */
  readonly error?: unknown
}

/** The clean-up functions of a handle, run once, one after the other. */
export interface Cleanup {
  add(name: string, fn: () => unknown, options?: CleanupOptions): void
  /**
   * Last registered first, each behind what its `after` names. A failure or a time-out skips nothing:
   * once `closeMs` is used up the rest are still called, but no longer waited for.
   */
  run(closeMs: number, done: (result: CleanupResult) => void): Promise<void>
  /** Names of those that have not ended, be it that they run or are still to come. */
  unfinished(): string[]
  /** Whether those that were added have had their turn. Then comes the framework's own clean-up. */
  readonly isOver: boolean
  /** Whether the function that is being waited for has called: what waits for clean-up would wait for itself there. */
  isCaller(): boolean
}

interface Hook {
  readonly name: string
  readonly fn: () => unknown
  readonly after: readonly string[]
  readonly timeoutMs: number
}

const OPTIONS: readonly (keyof CleanupOptions)[] = ['after', 'timeoutMs']

/** What the framework's own clean-up is called. */
const FRAMEWORK = 'framework'

/** @param last the framework's own clean-up, which comes after everything else. */
export function createCleanup(last?: () => Promise<void>): Cleanup {
  const hooks: Hook[] = []
  let hasRun = false
  let isOver = false
  const left = new Set<string>(last === undefined ? [] : [FRAMEWORK])
  /** What runs, and for whoever asks the one that it was called by. */
  let current: object | undefined
  const caller = new AsyncLocalStorage<object>()
  return {
    add(name, fn, options = {}) {
      if (hasRun) throw new Error(`onClose("${name}") came too late: clean-up has begun`)
      hooks.push(checkHook(hooks, left, name, fn, options))
      left.add(name)
    },
    async run(closeMs, done) {
      hasRun = true
      const deadline = performance.now() + closeMs
      const runNext = async (hook: Hook) => {
        const ms = Math.max(0, deadline - performance.now())
        current = hook
        done(await caller.run(hook, runHook, hook, Math.min(hook.timeoutMs, ms)))
        current = undefined
        left.delete(hook.name)
      }
      for (const hook of inOrder(hooks)) await runNext(hook)
      isOver = true
      if (last !== undefined)
        await runNext({ name: FRAMEWORK, fn: last, after: [], timeoutMs: Infinity })
    },
    get isOver() {
      return isOver
    },
    unfinished: () => [...left],
    isCaller: () => current !== undefined && caller.getStore() === current,
  }
}

function checkHook(
  known: readonly Hook[],
  taken: ReadonlySet<string>,
  name: string,
  fn: () => unknown,
  options: CleanupOptions,
): Hook {
  if (typeof name !== 'string' || name === '')
    throw optionError('onClose name', 'a non-empty string', name)
  if (taken.has(name)) throw optionError('onClose name', 'a name not used before', name)
  if (typeof fn !== 'function') throw optionError(`onClose("${name}") function`, 'a function', fn)
  onlyKnown(`onClose("${name}") options`, options, OPTIONS)
  const after = options.after === undefined ? [] : [options.after].flat()
  for (const other of after) {
    if (other === name)
      throw optionError(`onClose("${name}") after`, 'the name of another (this is a circle)', other)
    if (known.some((hook) => hook.name === other)) continue
    throw optionError(`onClose("${name}") after`, 'a name that is registered already', other)
  }
  return {
    name,
    fn,
    after,
    timeoutMs: duration(`onClose("${name}") timeoutMs`, options.timeoutMs, Infinity),
  }
}

function inOrder(hooks: readonly Hook[]): Hook[] {
  const waiting = hooks.toReversed()
  const names = new Set(hooks.map(({ name }) => name))
  const ordered: Hook[] = []
  while (waiting.length > 0) {
    const isFree = ({ after }: Hook) => !after.some((name) => names.has(name))
    for (const hook of waiting.splice(waiting.findIndex(isFree), 1)) {
      names.delete(hook.name)
      ordered.push(hook)
    }
  }
  return ordered
}

async function runHook(
  { name, fn }: Pick<Hook, 'name' | 'fn'>,
  timeoutMs: number,
): Promise<CleanupResult> {
  const began = performance.now()
  const ms = () => Math.round(performance.now() - began)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`onClose("${name}") took longer than its time`)),
      timeoutMs,
    )
  })
  try {
    await Promise.race([late, (async () => fn())()])
    return { name, ms: ms() }
  } catch (error) {
    return { name, ms: ms(), error }
  } finally {
    clearTimeout(timer)
  }
}
