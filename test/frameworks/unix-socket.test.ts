import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createHangup } from '@hangup/core'
import { afterEach, expect, it } from 'vitest'
import { createPhases } from '../conformance/drain/phases.ts'
import { createLatch } from '../support/latch.ts'
import { waitFor } from '../support/wait-for.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

it('D2 drains a server on a Unix-domain socket', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hangup-'))
  folders.push(folder)
  const socketPath = join(folder, 'socket')
  const phases = createPhases()
  const goOn = createLatch()
  const arrived = createLatch()
  const drain = { graceMs: 2_000, idleGraceMs: 50 }
  const hang = createHangup({ signals: false, drain, onPhase: phases.onPhase })
  const listener = hang.handler(async (_, res) => {
    arrived.open()
    await goOn.opened
    res.end('served')
  })
  const server = hang.attach(createServer(listener))
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))

  const reply = ask(socketPath)
  await waitFor('the request', arrived.opened)
  const drained = hang.drain()
  await phases.reached('finish')
  await expect(ask(socketPath)).rejects.toMatchObject({ code: 'ENOENT' })
  goOn.open()
  expect(await waitFor('the reply', reply)).toEqual({ text: 'served', connection: 'close' })
  expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
})

function ask(socketPath: string): Promise<{ text: string; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    get({ socketPath, agent: false }, async (res: IncomingMessage) => {
      resolve({ text: await text(res), connection: res.headers.connection })
    }).on('error', reject)
  })
}
