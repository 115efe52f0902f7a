import { readFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { isPinned } from './process.ts'

const COMPARED = [
  'express',
  'koa',
  'fastify',
  'http-terminator',
  'stoppable',
  '@godaddy/terminus',
  'http-graceful-shutdown',
  'fastify-graceful-shutdown',
  'close-with-grace',
  'fastify-racing',
]

/** Where figures come from: they differ from machine to machine. */
export function machine() {
  return {
    node: process.version,
    cpu: cpus()[0]?.model,
    cpus: cpus().length,
    kernel: release(),
    isPinned,
    versions: Object.fromEntries(COMPARED.map((name) => [name, versionOf(name)])),
  }
}

/** Not by `require`: most of them do not export it. */
function versionOf(name: string): string {
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')).version
}
