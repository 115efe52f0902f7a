import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../../', import.meta.url))
const out = `${root}.bench/`

const PACKAGES = ['core', 'express', 'koa', 'fastify'] as const
const PROGRAMS = [
  'load.ts',
  'connections.ts',
  'signal-clients.ts',
  'servers/*.ts',
  'drain/idle-clients.ts',
  'drain/servers/*.ts',
]

/** The file to run for a script of this folder. */
export function programOf(script: string): string {
  return `${out}${script.replace('./', '').replace('.ts', '.js')}`
}

/**
 * Makes plain JavaScript of the servers and clients, among the packages as they are published: nothing that
 * a user's server has not runs in theirs, and each starts in a third of the time that it takes through tsx.
 */
export async function buildPrograms(): Promise<void> {
  buildPackages()
  rmSync(out, { recursive: true, force: true })
  for (const name of PACKAGES) install(name)
  await build({
    entryPoints: [...PROGRAMS],
    absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
    outbase: '.',
    outdir: out,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
  })
}

function buildPackages(): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the build failed\n${stdout}\n${stderr}`)
}

function install(name: string): void {
  const from = `${root}packages/${name}/`
  const to = `${out}node_modules/@hangup/${name}/`
  mkdirSync(to, { recursive: true })
  cpSync(`${from}dist`, `${to}dist`, { recursive: true })
  const { publishConfig, ...manifest } = JSON.parse(readFileSync(`${from}package.json`, 'utf8'))
  writeFileSync(`${to}package.json`, JSON.stringify({ ...manifest, ...publishConfig }))
}
