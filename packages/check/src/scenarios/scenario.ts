import type { Rehearsal } from '../rehearsal.ts'
import type { Stage } from '../stage.ts'

/** One question to a service, and the clients that ask it. */
export interface Scenario {
  /** In kebab-case. */
  readonly name: string
  readonly title: string
  readonly question: string
  /** What usually causes a failure, and what helps. */
  readonly advice: string
  /**
   * `leave`: clients hang up, and the service is to go on as ever.
   * `sigterm`: the service is told to stop, by `stage.terminate()`, and is to lose nothing.
   */
  readonly kind: 'leave' | 'sigterm'
  readonly isHttp2?: true
  /** Some clients never finish: a service has to give up on them, and may say so by its exit code. */
  readonly hasEndlessClients?: true
  /** Why it cannot be asked of this service. */
  unfit?(rehearsal: Rehearsal): string | undefined
  /** Resolves when its clients are done. */
  run(stage: Stage): Promise<void>
}
