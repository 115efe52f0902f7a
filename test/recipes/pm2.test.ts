import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../routers/address.ts'
import { startLoad } from '../routers/load.ts'
import { pause } from '../support/pause.ts'
import { recipeBlocks, recipeFiles } from '../support/recipe-blocks.ts'
import { until } from '../support/until.ts'
import { createFolder } from './folder.ts'
import { type Ran, run } from './run.ts'

const RELOADS = 2
const INSTANCES = 2
/** For the load before, between and after. */
const BETWEEN_MS = 500
const LIMIT_MS = 180_000

/** What a row needs besides: a port, and the loader for this project's sources. */
const CONFIG = (port: number, more: object) => `
const { apps: [app] } = require('./ecosystem.config.cjs')
const more = ${JSON.stringify({ env: { PORT: port }, ...more })}
module.exports = { apps: [{ ...app, node_args: '--import tsx', ...more }] }
`

interface Way {
  readonly name: string
  readonly more: object
  /** What the recipe has the server do besides. */
  readonly lines: () => Promise<string>
}

const ways: readonly Way[] = [
  { name: 'by a signal', more: {}, lines: async () => '' },
  {
    name: 'by a message',
    more: { shutdown_with_message: true },
    lines: async () =>
      (await recipeBlocks('pm2', 'js')).find((block) => block.includes("'shutdown'")) ?? '',
  },
]

describe.each(ways)('PM2, $name', ({ more, lines }) => {
  it(
    `D14 loses no order in ${RELOADS} reloads of ${INSTANCES} processes`,
    async () => {
      const port = await freePort()
      const files = await recipeFiles('pm2', 'js')
      files.set('server.mjs', `${files.get('server.mjs')}\n${await lines()}`)
      files.set('test.config.cjs', CONFIG(port, more))
      const pm2 = await createPm2(await createFolder(files))

      await pm2('start', 'test.config.cjs')
      const load = startLoad({ port, speaks: 'http/1.1' })
      try {
        for (let count = 0; count < RELOADS; count++) {
          await pause(BETWEEN_MS)
          await pm2('reload', 'app')
        }
        await pause(BETWEEN_MS)
      } finally {
        await load.stop()
      }
      const { requests, failures } = load.tally
      console.info(`PM2: ${RELOADS} reloads under ${requests} orders`, failures)
      expect(Object.fromEntries(failures)).toEqual({})
      expect(await pm2.exits()).toEqual(Array(RELOADS * INSTANCES).fill('0 SIGINT'))
    },
    LIMIT_MS,
  )
})

/** The real PM2 from npm, with a daemon of its own that is gone at the end of the row. */
async function createPm2(folder: string) {
  const home = join(folder, '.pm2')
  const program = createRequire(import.meta.url).resolve('pm2/bin/pm2')
  const env = { ...process.env, PM2_HOME: home, PM2_DISABLE_VERSION_CHECK: 'true' }
  const ask = (...args: string[]): Promise<Ran> =>
    run(process.execPath, [program, ...args], { cwd: folder, env })
  onTestFinished(async () => {
    const daemon = Number(await readFile(join(home, 'pm2.pid'), 'utf8'))
    await ask('kill')
    await until('the daemon of PM2 to end', () => isOver(daemon))
  })

  async function pm2(...args: string[]): Promise<void> {
    const { code, output } = await ask(...args)
    if (code !== 0) throw new Error(`pm2 ${args.join(' ')} failed: ${output}`)
  }
  /** How the processes that were replaced have ended, as PM2 has noted. */
  async function exits(): Promise<string[]> {
    const log = await readFile(join(home, 'pm2.log'), 'utf8')
    const ends = log.matchAll(/exited with code \[(\d+)\] via signal \[(\w+)\]/g)
    return Array.from(ends, ([, code, signal]) => `${code} ${signal}`)
  }
  return Object.assign(pm2, { exits })
}

/** One that nobody has taken note of is a zombie, and over too. */
async function isOver(pid: number): Promise<boolean> {
  try {
    return (await readFile(`/proc/${pid}/stat`, 'utf8')).includes(') Z ')
  } catch {
    return true
  }
}
