import { createServer, type Server } from 'node:http'
import { createHangup, type Hangup, type HangupOptions } from '@hangup/core'
import { hangup as hangupExpress } from '@hangup/express'
import { hangup as hangupFastify } from '@hangup/fastify'
import { hangup as hangupKoa } from '@hangup/koa'
import express from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import { afterEach, describe, expect, it } from 'vitest'
import { type RawData, WebSocket, WebSocketServer } from 'ws'
import { createPhases } from '../conformance/drain/phases.ts'
import { portOf } from '../hosts/transport.ts'
import { startClock } from '../support/own-time.ts'
import { waitFor } from '../support/wait-for.ts'

const GOING_AWAY = 1001
const ABNORMAL = 1006

type Start = (options: HangupOptions) => Promise<{ hang: Hangup; server: Server }>

const starts: Record<string, Start> = {
  async node(options) {
    const hang = createHangup(options)
    const server = createServer(hang.handler((_, res) => void res.writeHead(404).end()))
    return { hang, server: hang.attach(server.listen(0, '127.0.0.1')) }
  },
  async express(options) {
    const hang = hangupExpress(options)
    return { hang, server: hang.attach(express().use(hang).listen(0, '127.0.0.1')) }
  },
  async koa(options) {
    const hang = hangupKoa(options)
    return { hang, server: hang.attach(new Koa().use(hang).listen(0, '127.0.0.1')) }
  },
  async fastify(options) {
    const app = fastify()
    await app.register(hangupFastify, options)
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { hang: app.hangup, server: app.server }
  },
}

/** D10 with `ws`. */
describe('WebSockets', () => {
  const hangs: Hangup[] = []
  afterEach(async () => {
    for (const hang of hangs.splice(0)) await hang.drain()
  })

  async function open(start: Start | undefined, options: HangupOptions) {
    if (start === undefined) throw new Error('no such framework')
    const phases = createPhases()
    const { hang, server } = await start({ signals: false, onPhase: phases.onPhase, ...options })
    hangs.push(hang)
    if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
    const sockets = new WebSocketServer({ server })
    const client = new WebSocket(`ws://127.0.0.1:${portOf(server)}`)
    const closed = new Promise<number>((resolve) => client.once('close', resolve))
    await waitFor('the WebSocket', new Promise((resolve) => client.once('open', resolve)))
    return { hang, server, phases, sockets, client, closed }
  }

  for (const [name, start] of Object.entries(starts)) {
    it(`D10 lets WebSockets say 1001 at the start of the drain (${name})`, async () => {
      const { hang, phases, sockets, client, closed } = await open(start, {
        drain: { graceMs: 5_000, idleGraceMs: 50 },
      })
      const messages: string[] = []
      client.on('message', (data: RawData) => messages.push(String(data)))
      hang.drainSignal.addEventListener('abort', () => {
        for (const socket of sockets.clients) {
          socket.send('good-bye')
          socket.close(GOING_AWAY)
        }
      })
      const report = await waitFor('the drain', hang.drain())
      expect(await waitFor('the close', closed)).toBe(GOING_AWAY)
      expect(messages).toEqual(['good-bye'])
      expect(phases.entered).not.toContain('abort')
      expect(report).toMatchObject({ clean: true, connections: { destroyed: 0 } })
    })
  }

  it('D10 goes on talking until the soft deadline, then ends in bounded time', async () => {
    const drain = { graceMs: 300, abortMs: 500, idleGraceMs: 50 }
    const { hang, phases, sockets, client, closed } = await open(starts.node, { drain })
    for (const socket of sockets.clients) {
      socket.on('message', (data: RawData) => socket.send(`echo ${data}`))
    }
    const elapsed = startClock()
    const drained = hang.drain()
    await phases.reached('finish')
    const echoed = new Promise<string>((resolve) =>
      client.once('message', (data: RawData) => resolve(String(data))),
    )
    client.send('still here')
    expect(await waitFor('the echo', echoed)).toBe('echo still here')
    const { ms } = await waitFor('the drain', drained)
    expect(elapsed()).toBeLessThan(drain.graceMs + drain.abortMs + 500)
    expect(await waitFor('the close', closed)).toBe(ABNORMAL)
    expect(ms).toBeGreaterThanOrEqual(drain.graceMs - 10)
  })

  it('D10 refuses new WebSockets once it drains', async () => {
    const { hang, server, phases, sockets } = await open(starts.node, {
      drain: { graceMs: 300, idleGraceMs: 50 },
    })
    const port = portOf(server)
    hang.drainSignal.addEventListener('abort', () => {
      for (const socket of sockets.clients) socket.close(GOING_AWAY)
    })
    const drained = hang.drain()
    await phases.reached('finish')
    const late = new WebSocket(`ws://127.0.0.1:${port}`)
    const failure = new Promise<NodeJS.ErrnoException>((resolve) => late.once('error', resolve))
    expect(await waitFor('the refusal', failure)).toMatchObject({ code: 'ECONNREFUSED' })
    await waitFor('the drain', drained)
  })
})
