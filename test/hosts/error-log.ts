import { format } from 'node:util'
import { createLatch } from '../support/latch.ts'

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
  add(from: ErrorSource, what: unknown): void
  /** Gives what has been logged, and forgets it: a row that expects errors takes them. */
  take(): LoggedError[]
  /** Resolves once something has been logged. */
  readonly some: Promise<void>
  /** Gives the process back. */
  close(): void
}

export function createErrorLog(): ErrorLog {
  const entries: LoggedError[] = []
  const some = createLatch()
  const add = (from: ErrorSource, what: unknown) => {
    entries.push({ from, text: format(what) })
    some.open()
  }

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
    add,
    take: () => entries.splice(0),
    some: some.opened,
    close() {
      process.off('uncaughtException', onUncaught)
      process.off('unhandledRejection', onUncaught)
      process.off('warning', onWarning)
      console.error = consoleError
      process.stderr.write = stderrWrite
    },
  }
}
