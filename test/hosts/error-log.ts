import { format } from 'node:util'

export type ErrorSource = 'framework' | 'hangup' | 'console.error' | 'stderr' | 'process'

/** One thing that an operator would have seen as an error. */
export interface LoggedError {
  readonly from: ErrorSource
  readonly text: string
}

/**
 * Collects what is logged or emitted as an error while a host runs: by its framework, by us, and
 * what ends up in `console.error`, on stderr, as an uncaught error or as a leak warning.
 */
export interface ErrorLog {
  readonly entries: readonly LoggedError[]
  add(from: ErrorSource, what: unknown): void
  /** Gives the process back. */
  close(): void
}

export function createErrorLog(): ErrorLog {
  const entries: LoggedError[] = []
  const add = (from: ErrorSource, what: unknown) => void entries.push({ from, text: format(what) })

  const onUncaught = (error: unknown) => add('process', error)
  const onWarning = (warning: Error) => {
    if (warning.name === 'MaxListenersExceededWarning') add('process', warning)
  }
  process.on('uncaughtException', onUncaught)
  process.on('unhandledRejection', onUncaught)
  process.on('warning', onWarning)

  const consoleError = console.error
  const stderrWrite = process.stderr.write
  console.error = (...args: unknown[]) => add('console.error', format(...args))
  process.stderr.write = (chunk: string | Uint8Array) => {
    add('stderr', Buffer.from(chunk).toString())
    return true
  }

  return {
    entries,
    add,
    close() {
      process.off('uncaughtException', onUncaught)
      process.off('unhandledRejection', onUncaught)
      process.off('warning', onWarning)
      console.error = consoleError
      process.stderr.write = stderrWrite
    },
  }
}
