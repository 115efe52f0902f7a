export type ErrorSource =
  | 'console.error'
  | 'stderr'
  | 'uncaughtException'
  | 'unhandledRejection'
  | 'framework'

/** One thing that an operator would have seen as an error. */
export interface LoggedError {
  readonly from: ErrorSource
  readonly text: string
}

/** Collects what would have been logged while a host runs. */
export interface ErrorLog {
  readonly entries: readonly LoggedError[]
  add(from: ErrorSource, what: unknown): void
  /** Stops listening to the process. */
  close(): void
}
