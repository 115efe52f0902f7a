import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { pause } from '../support/pause.ts'
import { startCheck } from './command.ts'
import { freePort } from './free-port.ts'

const POLL_MS = 20

it.each(['SIGINT', 'SIGTERM'] as const)(
  'hangup-check takes all that it has started with it at %s',
  async (signal) => {
    const port = await freePort()
    // A shell with a child of its own: nothing of it is to stay.
    const service = `http.createServer((_, res) => res.end('ok')).listen(process.env.PORT, '127.0.0.1');
    process.on('SIGTERM', () => {})`
    const words = ['sh', '-c', `"$0" -e "$1"; exit 0`, process.execPath, service]
    const check = startCheck(
      '--url',
      `http://127.0.0.1:${port}/`,
      '--only',
      'sigterm-idle',
      '--',
      ...words,
    )
    await untilListening(port)
    check.kill(signal)
    const [code] = await once(check, 'exit')
    expect(code).toBe(signal === 'SIGINT' ? 130 : 143)
    await untilFree(port)
  },
  30_000,
)

/** The test's own limit ends it. */
async function untilListening(port: number): Promise<void> {
  while (!(await isListening(port))) await pause(POLL_MS)
}

async function untilFree(port: number): Promise<void> {
  while (await isListening(port)) await pause(POLL_MS)
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
