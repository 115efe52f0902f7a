import cluster from 'node:cluster'
import type { DrainReport } from './report.ts'

/** What a signal may do to a handle. */
export interface Stoppable {
  start(why: string): Promise<DrainReport>
  /** Ends a drain under way at once; tells whether that loses anything. */
  hurry(): boolean
}

/** Time for a process to end by itself, so that telemetry can flush. */
const LEAVE_MS = 1_000

/**
 * One listener a signal for the whole process, however many handles there are: the first signal
 * drains them all, the second ends the process at once.
 */
interface Registry {
  readonly handles: Map<NodeJS.Signals, Set<Stoppable>>
  receivedAt: number | undefined
}

const registryKey = Symbol.for('hangup.signals')

interface Shared {
  [registryKey]?: Registry
}

const shared: typeof globalThis & Shared = globalThis
shared[registryKey] ??= { handles: new Map(), receivedAt: undefined }
const registry = shared[registryKey]

/** Drains this handle at these signals. Returns the undo. */
export function onSignals(signals: readonly NodeJS.Signals[], handle: Stoppable): () => void {
  for (const signal of signals) {
    const handles = registry.handles.get(signal)
    if (handles !== undefined) handles.add(handle)
    else {
      registry.handles.set(signal, new Set([handle]))
      process.on(signal, received)
    }
  }
  return () => {
    for (const signal of signals) {
      const handles = registry.handles.get(signal)
      handles?.delete(handle)
      if (handles?.size !== 0 || registry.receivedAt !== undefined) continue
      registry.handles.delete(signal)
      process.removeListener(signal, received)
    }
  }
}

async function received(signal: NodeJS.Signals): Promise<void> {
  const handles = [...(registry.handles.get(signal) ?? [])]
  if (registry.receivedAt !== undefined) {
    const losses = handles.map((handle) => handle.hurry())
    process.exit(losses.includes(true) ? 1 : exitCode())
  }
  registry.receivedAt = performance.now()
  const reports = await Promise.all(handles.map((handle) => handle.start(signal)))
  if (reports.some((report) => !report.clean)) process.exitCode = exitCode() || 1
  leave()
}

/** A cluster worker that goes before its primary knows leaves connections hanging: it says good-bye first. */
function leave(): void {
  if (cluster.isWorker) cluster.worker?.disconnect()
  setTimeout(() => process.exit(), LEAVE_MS).unref()
}

function exitCode(): number {
  return Number(process.exitCode ?? 0)
}
