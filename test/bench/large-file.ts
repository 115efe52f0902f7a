import { rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What is downloaded: zeros, which take no room on a disk. */
export const LARGE_FILE = join(tmpdir(), 'hangup-bench-large-file')

/** Makes it, or changes its size. */
export function sizeLargeFile(bytes: number): void {
  writeFileSync(LARGE_FILE, '', { flag: 'a' })
  truncateSync(LARGE_FILE, bytes)
}

export function removeLargeFile(): void {
  rmSync(LARGE_FILE, { force: true })
}
