// Each package twice from the same sources: dist/esm and dist/cjs. A command is an ES module only.
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { packages, root } from './packages.mjs'
import { sh } from './sh.mjs'

for (const name of packages) {
  const cwd = `${root}packages/${name}`
  rmSync(`${cwd}/dist`, { recursive: true, force: true })
  sh('tsc', ['-p', 'tsconfig.esm.json'], { cwd })
  if (existsSync(`${cwd}/tsconfig.cjs.json`)) {
    sh('tsc', ['-p', 'tsconfig.cjs.json'], { cwd })
    writeFileSync(`${cwd}/dist/cjs/package.json`, '{ "type": "commonjs" }\n')
  }
  console.log(`built @hangup/${name}`)
}
