import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The real programs that these tests need, and the Debian package that has each. */
export type Program =
  | 'nginx'
  | 'haproxy'
  | 'curl'
  | 'nghttp'
  | 'h2load'
  | 'systemd-analyze'
  | 'systemd-socket-activate'
  | 'chromium'
  | 'python3'

const packages: Partial<Record<Program, string>> = {
  nghttp: 'nghttp2-client',
  h2load: 'nghttp2-client',
  'systemd-analyze': 'systemd',
  'systemd-socket-activate': 'systemd',
}

/** Where it is. Debian has nginx and HAProxy where only root looks. */
export function findProgram(name: Program): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  const file = folders.map((folder) => join(folder, name)).find(isExecutable)
  if (file !== undefined) return file
  const debian = packages[name] ?? name
  throw new Error(
    `${name} is not installed, and this test needs it: sudo apt-get install ${debian}`,
  )
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
