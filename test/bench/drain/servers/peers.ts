import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { createTerminus } from '@godaddy/terminus'
import { createHangup } from '@hangup/core'
import { hangup } from '@hangup/fastify'
import closeWithGrace from 'close-with-grace'
import { fastify } from 'fastify'
import gracefulShutdown from 'fastify-graceful-shutdown'
import shutdownGracefully from 'http-graceful-shutdown'
import { createHttpTerminator } from 'http-terminator'
import stoppable from 'stoppable'
import type { Library } from '../libraries.ts'

/** A server that is closed by one library, as that library's own readme has it. SIGTERM closes it. */

const GRACE_MS = 20_000
const WORK_MS = 2
/** Long enough for thousands of connections to be made before the first is closed. */
const IDLE_MS = 60_000

async function answer(body: string): Promise<string> {
  await pause(WORK_MS)
  return body
}

async function listener(req: IncomingMessage, res: ServerResponse): Promise<void> {
  res.end(await answer(await text(req)))
}

async function listen(server: HttpServer): Promise<void> {
  if (process.argv[3] === 'idle') server.keepAliveTimeout = IDLE_MS
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  tell(server)
}

function tell(server: Server): void {
  const { port } = server.address() as AddressInfo
  process.send?.({ port })
}

async function listenFastify(prepare: (app: ReturnType<typeof fastify>) => unknown): Promise<void> {
  const app = fastify()
  await prepare(app)
  app.post('/', ({ body }) => answer(String(body)))
  await app.listen({ port: 0, host: '127.0.0.1' })
  tell(app.server)
}

const starts: Record<Library, () => Promise<void>> = {
  async hangup() {
    const hang = createHangup()
    await listen(hang.attach(createServer(hang.handler(listener))))
  },
  async 'closeAllConnections()'() {
    const server = createServer(listener)
    process.on('SIGTERM', () => {
      server.close()
      server.closeAllConnections()
    })
    await listen(server)
  },
  async 'server.close()'() {
    const server = createServer(listener)
    process.on('SIGTERM', () => server.close())
    await listen(server)
  },
  async 'http-terminator'() {
    const server = createServer(listener)
    const terminator = createHttpTerminator({ server, gracefulTerminationTimeout: GRACE_MS })
    process.on('SIGTERM', () => terminator.terminate())
    await listen(server)
  },
  async stoppable() {
    const server = stoppable(createServer(listener), GRACE_MS)
    process.on('SIGTERM', () => server.stop())
    await listen(server)
  },
  async '@godaddy/terminus'() {
    const server = createServer(listener)
    createTerminus(server, { signal: 'SIGTERM', timeout: GRACE_MS, useExit0: true })
    await listen(server)
  },
  async 'http-graceful-shutdown'() {
    const server = createServer(listener)
    shutdownGracefully(server, { timeout: GRACE_MS })
    await listen(server)
  },
  'hangup, Fastify': () => listenFastify((app) => app.register(hangup)),
  'fastify-graceful-shutdown': () =>
    listenFastify((app) => app.register(gracefulShutdown, { timeout: GRACE_MS })),
  'close-with-grace, Fastify': () =>
    listenFastify((app) => closeWithGrace({ delay: GRACE_MS }, () => app.close())),
}

await starts[process.argv[2] as Library]()
