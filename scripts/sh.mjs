import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { root } from './packages.mjs'

const PATH = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)

/** Runs a command with this project's own binaries at hand, shows what it says, throws where it fails. */
export function sh(command, args, { cwd = root, env = {}, quiet = false } = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, PATH, ...env },
    stdio: quiet ? 'pipe' : 'inherit',
    encoding: 'utf8',
  })
  if (status === 0) return stdout
  const said = [stdout, stderr, error?.message].filter(Boolean).join('\n')
  throw new Error(`${[command, ...args].join(' ')} failed in ${cwd}${said && `\n${said}`}`)
}
