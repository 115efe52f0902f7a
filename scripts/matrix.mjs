// The conformance suite on other Node versions: `npm run test:matrix -- 22 24 -t A2`.
// Their binaries are registry packages, installed once into .matrix/ and not into node_modules,
// so that a fresh clone's `npm test` does not download them.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { root } from './packages.mjs'
import { sh } from './sh.mjs'

const folder = `${root}.matrix`
const given = process.argv.slice(2)
const end = given.findIndex((arg) => !/^\d+$/.test(arg))
const majors = end < 0 ? given : given.slice(0, end)
const forVitest = end < 0 ? [] : given.slice(end).filter((arg) => arg !== '--')

const failed = []
for (const major of majors.length > 0 ? majors : ['22', '24', '26']) {
  const node = nodeBinary(major)
  console.log(`Node ${major}: ${sh(node, ['--version'], { quiet: true }).trim()}`)
  try {
    // First in the path too, for tests that start `node`.
    const PATH = `${dirname(node)}:${process.env.PATH}`
    sh(node, ['node_modules/vitest/vitest.mjs', 'run', ...forVitest], { env: { PATH } })
  } catch (error) {
    console.error(error.message)
    failed.push(major)
  }
}
if (failed.length > 0) {
  console.error(`Failed on Node ${failed.join(', ')}`)
  process.exit(1)
}

function nodeBinary(major) {
  const binary = `${folder}/node_modules/node${major}/bin/node`
  if (existsSync(binary)) return binary
  const { platform, arch } = process
  if (platform !== 'linux' || !['x64', 'arm64'].includes(arch)) {
    throw new Error(
      `Node ${major} comes as a package for linux-x64 and linux-arm64, not ${platform}-${arch}`,
    )
  }
  mkdirSync(folder, { recursive: true })
  const manifest = `${folder}/package.json`
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n')
  const alias = `node${major}@npm:node-${platform}-${arch}@${major}`
  sh('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', alias], {
    quiet: true,
  })
  if (!existsSync(binary)) throw new Error(`${alias} is installed but holds no ${binary}`)
  return binary
}
