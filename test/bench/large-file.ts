import { closeSync, ftruncateSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What is downloaded: a GiB of zeros, which takes no room on a disk. */
export const LARGE_FILE = join(tmpdir(), 'hangup-bench-large-file')
export const LARGE_FILE_BYTES = 1 << 30

/** Returns what removes it. */
export function makeLargeFile(): () => void {
  const descriptor = openSync(LARGE_FILE, 'w')
  ftruncateSync(descriptor, LARGE_FILE_BYTES)
  closeSync(descriptor)
  return () => rmSync(LARGE_FILE)
}
