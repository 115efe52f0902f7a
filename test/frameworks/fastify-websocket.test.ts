import websocket, { type WebsocketPluginOptions } from '@fastify/websocket'
import { type HangupOptions, hangup } from '@hangup/fastify'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { type RawData, WebSocket } from 'ws'
import { createPhases } from '../conformance/drain/phases.ts'
import { portOf } from '../hosts/transport.ts'
import { createLatch } from '../support/latch.ts'
import { startClock } from '../support/own-time.ts'
import { pause } from '../support/pause.ts'
import { waitFor } from '../support/wait-for.ts'

const GOING_AWAY = 1001

/** D10 with `@fastify/websocket`. */
describe('@fastify/websocket', () => {
  const apps: FastifyInstance[] = []
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close()
  })

  async function open(options: HangupOptions = {}, plugin: WebsocketPluginOptions = {}) {
    const app = fastify()
    apps.push(app)
    const phases = createPhases()
    const drain = { graceMs: 5_000, idleGraceMs: 50, ...options.drain }
    await app.register(hangup, { signals: false, onPhase: phases.onPhase, ...options, drain })
    await app.register(websocket, plugin)
    const connected = createLatch<AbortSignal>()
    app.get('/', { websocket: true }, (socket, request) => {
      connected.open(request.signal)
      socket.on('message', (data: RawData) => socket.send(`echo ${data}`))
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const client = new WebSocket(`ws://127.0.0.1:${portOf(app.server)}`)
    const closed = new Promise<number>((resolve) => client.once('close', resolve))
    await waitFor('the WebSocket', new Promise((resolve) => client.once('open', resolve)))
    const signal = await waitFor('the handler', connected.opened)
    const ask = (text: string) =>
      new Promise<string>((resolve) => {
        client.once('message', (data: RawData) => resolve(String(data)))
        client.send(text)
      })
    return { app, phases, client, closed, signal, ask }
  }

  it('D10 ends its sockets at the start of the drain, as its preClose hook does', async () => {
    const { app, phases, closed } = await open()
    await waitFor('the close', app.close(), 2_000)
    await waitFor('the WebSocket to close', closed)
    const report = await phases.reached('closed')
    expect(report).toMatchObject({ clean: true, connections: { destroyed: 0 } })
    expect(phases.entered).not.toContain('abort')
  })

  it('D10 runs a preClose of its user before anything is shut, once', async () => {
    const said: string[] = []
    const { app, phases, client, closed } = await open(undefined, {
      async preClose(this: FastifyInstance) {
        said.push(this.hangup.state)
        await pause(100)
        said.push(this.server.listening ? 'listening' : 'shut')
        for (const socket of this.websocketServer.clients) {
          socket.send('good-bye')
          socket.close(GOING_AWAY)
        }
      },
    })
    const messages: string[] = []
    client.on('message', (data: RawData) => messages.push(String(data)))
    await waitFor('the close', app.close(), 2_000)
    expect(await waitFor('the WebSocket to close', closed)).toBe(GOING_AWAY)
    expect({ said, messages }).toEqual({ said: ['unready', 'listening'], messages: ['good-bye'] })
    expect(phases.entered).not.toContain('abort')
  })

  it('D8 is bounded by a preClose that never comes back', async () => {
    const drain = { graceMs: 200, abortMs: 200, closeMs: 200 }
    const { app } = await open({ drain }, { preClose: (_done) => {} })
    const elapsed = startClock()
    const report = await waitFor('the drain', app.hangup.drain())
    expect(elapsed()).toBeLessThan(200 + 200 + 1_000 + 200 + 500)
    expect(report).toMatchObject({ clean: false, hooks: [{ name: 'framework' }] })
    apps.pop()
  })

  it('A11 leaves an upgraded socket alone at the deadline of requests', async () => {
    const { signal, ask } = await open({ deadlineMs: 50 })
    await pause(200)
    expect(signal.aborted).toBe(false)
    expect(await waitFor('an echo', ask('still here'))).toBe('echo still here')
  })

  it('A1 aborts the signal of a socket whose client has left', async () => {
    const { client, signal } = await open()
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
    client.terminate()
    await waitFor('the abort', aborted)
    expect(signal.reason).toMatchObject({ code: 'ERR_CLIENT_GONE' })
  })
})
