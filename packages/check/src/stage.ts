import { openSession, type Session } from './clients/session.ts'
import type { Target } from './clients/target.ts'
import { openWire, type Wire, type WireOptions } from './clients/wire.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import type { Rehearsal } from './rehearsal.ts'
import type { Service } from './service.ts'

/** What a scenario may use. All of it ends with the scenario. */
export interface Stage {
  readonly target: Target
  readonly rehearsal: Rehearsal
  readonly recorder: Recorder
  /** How many clients at once. */
  readonly connections: number
  /** Of the clients that are further away. */
  readonly roundTripMs: number
  openWire(options?: WireOptions): Wire
  /** One after another, so that no accept queue overflows; resolves when all are open, or never will be. */
  openWires(count: number, roundTripMs?: (index: number) => number): Promise<Wire[]>
  openSession(): Session
  /** Sends SIGTERM, to be called once. */
  terminate(): void
  /** Lets the service stand still, or go on. */
  stall(isStalled: boolean): void
  /** Aborts when clients are to stop by themselves: a load balancer would have noticed by now. */
  readonly over: AbortSignal
  /** Something that is wrong beyond what the counts say. */
  problem(what: string): void
}

/** For the one who runs the scenario. */
export interface StageControl {
  readonly stage: Stage
  readonly problems: readonly string[]
  /** Resolves when SIGTERM was sent. */
  readonly terminated: Promise<void>
  /** Tells clients to stop. */
  stopClients(): void
  /** Closes every connection; what was open until now hung. */
  clear(): void
}

export type StageProps = Pick<Stage, 'target' | 'rehearsal' | 'connections' | 'roundTripMs'>

export function createStage(
  props: StageProps,
  service: Pick<Service, 'terminate' | 'stall'>,
): StageControl {
  const recorder = createRecorder()

  function openOne(options?: WireOptions): Wire {
    const wire = openWire(props.target, recorder, options)
    clients.add(() => wire.leave('fin'))
    return wire
  }

  const over = new AbortController()
  const clients = new Set<() => void>()
  const problems: string[] = []
  let onTerminated: () => void = () => {}
  const terminated = new Promise<void>((resolve) => {
    onTerminated = resolve
  })

  return {
    problems,
    terminated,
    stopClients: () => over.abort(),
    clear() {
      over.abort()
      recorder.giveUp()
      for (const leave of clients) leave()
    },
    stage: {
      ...props,
      recorder,
      over: over.signal,
      openWire: openOne,
      async openWires(count, roundTripMs = () => 0) {
        const wires: Wire[] = []
        for (let index = 0; index < count; index++) {
          const wire = openOne({ roundTripMs: roundTripMs(index) })
          wires.push(wire)
          await wire.opened
        }
        return wires
      },
      openSession() {
        const session = openSession(props.target, recorder)
        clients.add(() => session.leave())
        return session
      },
      terminate() {
        recorder.mark('sigterm', 'SIGTERM sent')
        service.terminate()
        onTerminated()
      },
      stall: service.stall,
      problem: (what) => void problems.push(what),
    },
  }
}
