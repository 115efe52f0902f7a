// Builds, packs and checks what a user would install. The packed tarballs are checked, not the
// folders: those still have the exports of development.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import './build.mjs'
import { packages, root } from './packages.mjs'
import { sh } from './sh.mjs'

const out = `${root}.pack`
const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))

rmSync(out, { recursive: true, force: true })
mkdirSync(out)

for (const name of packages) {
  const cwd = `${root}packages/${name}`
  sh('npx', ['--yes', packageManager, 'pack', '--pack-destination', out], { cwd, quiet: true })

  const { version } = JSON.parse(readFileSync(`${cwd}/package.json`, 'utf8'))
  const tarball = `.pack/hangup-${name}-${version}.tgz`
  sh('publint', ['run', tarball, '--strict'], { quiet: true })
  const profile = existsSync(`${cwd}/tsconfig.cjs.json`) ? 'strict' : 'esm-only'
  sh('attw', [tarball, '--no-color', '--profile', profile], { quiet: true })
  console.log(`packed ${tarball}`)
}
