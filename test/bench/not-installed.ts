import { spawnSync } from 'node:child_process'
import type { Found } from './group.ts'

/** Debian's packages for the programs that a part of the benchmark is made with. */
const PACKAGES = { h2load: 'nghttp2-client', wrk: 'wrk' } as const

/** What is found where this machine does not have the program; `undefined` where it has. */
export function unlessInstalled(program: keyof typeof PACKAGES, title: string): Found | undefined {
  if (spawnSync(program, ['--version']).error === undefined) return undefined
  const rows = [[`not measured: ${program} is not installed (Debian: ${PACKAGES[program]})`]]
  return { tables: [{ title, columns: [''], rows }], verdicts: [], data: undefined }
}
