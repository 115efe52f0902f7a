import type { Phase } from './errors.ts'
import type { Ending } from './outcome.ts'

/** What an exchange keeps once it goes otherwise than its handler wants: most never do. */
export class Upset {
  /** Where it was then. */
  phase: Phase | undefined = undefined
  /** How it will end once what is being sent has been flushed. */
  ending: Ending | undefined = undefined
  /** What was answered in the handler's place: it may go on setting a status. */
  answered: number | undefined = undefined
  /** The handler failed because of the abort: it will not end its response. */
  hasGivenUp = false
  abortedWith: unknown = undefined
  isAbortedByClient = false
}
