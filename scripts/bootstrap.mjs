// Installs what the lockfile names, where that has not been done yet. Silent where there is nothing to do.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
const stamp = `${root}node_modules/.installed`
const wanted = createHash('sha256')
  .update(read(`${root}pnpm-lock.yaml`))
  .digest('hex')

if (read(stamp) !== wanted) {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Hangup is developed on Node 20.19 or newer, this is ${process.version}`)
  }

  const args = ['--yes', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only']
  const env = { ...process.env, npm_config_update_notifier: 'false' }
  console.error(`Installing with ${packageManager} …`)
  const { status, stdout, stderr, error } = spawnSync('npx', args, {
    cwd: root,
    env,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status !== 0) fail([stdout, stderr, error?.message, 'The install failed.'].join('\n'))
  writeFileSync(stamp, wanted)
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
