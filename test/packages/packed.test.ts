import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../check/free-port.ts'

const packed = resolve('.pack')
let project: string

/** What a user has beside us; the newest types of Node, since the oldest are what we develop with. */
const others = [
  'express@5',
  'koa@3',
  'fastify@5',
  'prom-client@15',
  '@opentelemetry/api@1',
  '@types/express@5',
  '@types/koa@3',
]
const compilers = ['@types/node@26', 'ts5@npm:typescript@5.9', 'ts7@npm:typescript@7.0.2']

beforeAll(async () => {
  const tarballs = (await readdir(packed)).map((file) => join(packed, file))
  project = await mkdtemp(join(tmpdir(), 'hangup-packed-'))
  await writeFile(join(project, 'package.json'), '{ "private": true }\n')
  const quick = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock']
  await say('npm', ['install', ...quick, ...tarballs, ...others, ...compilers])
  await cp(resolve('test/packages/sample'), project, { recursive: true })
})

afterAll(() => rm(project, { recursive: true, force: true }))

describe('the packed packages', () => {
  it('serve and drain from CommonJS', () => say(process.execPath, ['plain.cjs']))

  it('serve and drain from an ES module', () => say(process.execPath, ['plain.mjs']))

  it('check a service by their command', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`
    const files = ['--json', 'result.json', '--report', 'report.html']
    const words = ['--url', url, '--only', 'leave-waiting,sigterm-idle', ...files]
    const said = await say('npx', ['hangup-check', ...words, '--', process.execPath, 'checked.mjs'])
    expect(said).toContain('Passed: 2 passed, 0 failed, 0 skipped.')
    expect(JSON.parse(await readFile(join(project, 'result.json'), 'utf8'))).toMatchObject({
      tool: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      passed: true,
    })
    expect(await readFile(join(project, 'report.html'), 'utf8')).toContain('</html>')
  })

  for (const compiler of ['ts5', 'ts7']) {
    it(`type-check with ${compiler} and moduleResolution nodenext`, async () => {
      await check(compiler, { module: 'nodenext' }, ['typed.mts', 'typed.cts'])
    })

    it(`type-check with ${compiler} and moduleResolution bundler`, async () => {
      await check(compiler, { module: 'esnext', moduleResolution: 'bundler' }, ['typed.mts'])
    })
  }
})

/** Without skipLibCheck, so that our declarations are checked too; others' faults are theirs. */
async function check(compiler: string, options: object, files: string[]) {
  const common = { target: 'es2022', strict: true, noEmit: true, types: ['node'] }
  const config = { compilerOptions: { ...common, ...options }, files }
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(config))
  const manifest = join(project, 'node_modules', compiler, 'package.json')
  const { bin } = JSON.parse(await readFile(manifest, 'utf8')) as { bin: { tsc: string } }
  const tsc = join(manifest, '..', bin.tsc)
  const said = await say(process.execPath, [tsc, '--listFiles', '--pretty', 'false'], [0, 1, 2])
  const lines = said.split('\n')
  expect(lines.filter((line) => /^(?!node_modules\/(?!@hangup\/)).*: error TS/.test(line))).toEqual(
    [],
  )
  expect(lines.filter((line) => line.endsWith('/@hangup/core/dist/esm/index.d.ts'))).toHaveLength(1)
}

/** Runs it in the user's project, without colours; where it fails, the error says what it printed. */
async function say(command: string, args: string[], accepted = [0]) {
  const env = { ...process.env, NO_COLOR: '1' }
  const child = spawn(command, args, { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await once(child, 'close')
  const [stdout, stderr] = await said
  if (accepted.includes(code)) return stdout
  throw new Error(`${[command, ...args].join(' ')} exited with ${code}\n${stdout}${stderr}`)
}
