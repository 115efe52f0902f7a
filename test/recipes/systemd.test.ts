import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { freePort, HOST } from '../routers/address.ts'
import { findProgram } from '../routers/programs.ts'
import { recipeBlock } from '../support/recipe-blocks.ts'
import { waitFor } from '../support/wait-for.ts'
import { createFolder } from './folder.ts'

/** For a program to start where others want the processor too. */
const START_MS = 15_000

/** What stands before the recipe's line, and which line that is. */
const programs = {
  Express: [
    'Express, Koa',
    `import { hangup } from '@hangup/express'
     import express from 'express'
     const hang = hangup()
     const app = express().use(hang).get('/', (_, res) => res.send('served'))`,
  ],
  Koa: [
    'Express, Koa',
    `import { hangup } from '@hangup/koa'
     import Koa from 'koa'
     const hang = hangup()
     const app = new Koa().use(hang).use((ctx) => { ctx.body = 'served' })`,
  ],
  'bare Node': [
    'bare Node',
    `import { createServer } from 'node:http'
     import { createHangup } from '@hangup/core'
     const hang = createHangup()
     const server = createServer(hang.handler((_, res) => res.end('served')))`,
  ],
  Fastify: [
    'Fastify',
    `import { hangup } from '@hangup/fastify'
     import { fastify } from 'fastify'
     const app = fastify()
     await app.register(hangup)
     app.get('/', async () => 'served')`,
  ],
} as const

describe.each(Object.entries(programs))('the line for systemd: %s', (_name, [comment, before]) => {
  it('D2 serves on the socket that systemd hands over, from the connection that starts it on', async () => {
    const lines = (await recipeBlock('systemd', 'ts')).split('\n')
    const line = lines.find((one) => one.includes(`// ${comment}`))
    const folder = await createFolder([['server.mjs', `${before}\n${line}\n`]])
    const port = await freePort()
    const args = ['-l', `${HOST}:${port}`, process.execPath, '--import', 'tsx', 'server.mjs']
    const child = spawn(findProgram('systemd-socket-activate'), args, { cwd: folder })
    onTestFinished(() => void child.kill('SIGKILL'))
    await waitFor('systemd to listen', said(child, 'Listening on'), START_MS)

    const response = await waitFor('the reply', fetch(`http://${HOST}:${port}/`), START_MS)
    expect(await response.text()).toBe('served')
    child.kill('SIGTERM')
    expect(await waitFor('the end', once(child, 'close'))).toEqual([0, null])
  })
})

/** Resolves when it has said this on stderr, which is read on. */
function said(child: ChildProcess, word: string): Promise<void> {
  let all = ''
  return new Promise((resolve) => {
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      all += chunk
      if (all.includes(word)) resolve()
    })
  })
}
