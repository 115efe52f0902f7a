import cluster from 'node:cluster'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import type { DrainReport } from './report.ts'

/** What a signal may do to a handle. */
export interface Stoppable {
  start(why: string): Promise<DrainReport>
  /** The process ends now: says what is lost, and tells whether anything is. */
  abandon(): boolean
}

/** A second for a process to end by itself, so that telemetry can flush: in turns, since a busy machine gives few. */
const LEAVE_TURN_MS = 50
const LEAVE_TURNS = 20

/**
 * The same signal again within this time is the same wish: npm passes on what the terminal, or whoever
 * signals the whole process group, has sent to us already (9 ms apart, behind `npm start`).
 */
const ECHO_MS = 500

interface Received {
  readonly signal: NodeJS.Signals
  readonly at: number
}

/**
 * One listener a signal for the whole process, however many handles there are: the first signal
 * drains all that asked for it, the second ends the process at once.
 */
interface Registry {
  readonly handles: Map<NodeJS.Signals, Set<Stoppable>>
  /** Of the copy of core that came first: another one may have to remove it. */
  readonly listener: (signal: NodeJS.Signals) => void
  first: Received | undefined
}

const registryKey = Symbol.for('hangup.signals')

interface Shared {
  [registryKey]?: Registry
}

const shared: typeof globalThis & Shared = globalThis
shared[registryKey] ??= { handles: new Map(), listener: received, first: undefined }
const registry = shared[registryKey]

/** Drains this handle at these signals. Returns the undo. */
export function onSignals(signals: readonly NodeJS.Signals[], handle: Stoppable): () => void {
  for (const signal of signals) {
    const handles = registry.handles.get(signal)
    if (handles !== undefined) handles.add(handle)
    else {
      registry.handles.set(signal, new Set([handle]))
      process.on(signal, registry.listener)
    }
  }
  return () => {
    for (const signal of signals) {
      const handles = registry.handles.get(signal)
      handles?.delete(handle)
      if (handles?.size !== 0 || registry.first !== undefined) continue
      registry.handles.delete(signal)
      process.removeListener(signal, registry.listener)
    }
  }
}

async function received(signal: NodeJS.Signals): Promise<void> {
  const { first } = registry
  if (first !== undefined) {
    if (isEcho(first, signal)) return
    endNow()
  }
  registry.first = { signal, at: performance.now() }
  const handles = [...(registry.handles.get(signal) ?? [])]
  await Promise.all(
    handles.map(async (handle) => {
      const { clean } = await handle.start(signal)
      if (!clean) noteLoss()
    }),
  )
  leave()
}

function isEcho(first: Received, signal: NodeJS.Signals): boolean {
  return signal === first.signal && performance.now() - first.at < ECHO_MS
}

function endNow(): never {
  const handles = new Set([...registry.handles.values()].flatMap((some) => [...some]))
  for (const handle of handles) if (handle.abandon()) noteLoss()
  process.exit()
}

/** An exit code that the program has set stays. */
function noteLoss(): void {
  process.exitCode = Number(process.exitCode ?? 0) || 1
}

/** A cluster worker that goes before its primary knows leaves connections hanging: it says good-bye first. */
function leave(): void {
  if (cluster.isWorker) cluster.worker?.disconnect()
  let turns = LEAVE_TURNS
  setInterval(() => {
    if (--turns === 0) process.exit()
  }, LEAVE_TURN_MS).unref()
}
