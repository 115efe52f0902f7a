import type { Exit } from '../result.ts'

/** The exit code, or the signal that ended the process. */
export function exitText({ code, signal }: Exit): string {
  return code === null ? (signal ?? 'unknown') : `${code}`
}
