import { createServer, type Server } from 'node:http'
import { createHangup, type Hangup, type HangupOptions } from '@hangup/core'
import { hangup as hangupExpress } from '@hangup/express'
import { hangup as hangupFastify } from '@hangup/fastify'
import { hangup as hangupKoa } from '@hangup/koa'
import express from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import { afterEach, describe, expect, it } from 'vitest'
import { connectHttp1, type Http1Client } from '../conformance/client.ts'
import { portOf } from '../hosts/transport.ts'
import { waitFor } from '../support/wait-for.ts'

type Seen = (url: string | undefined) => void
type Start = (options: HangupOptions, seen: Seen) => Promise<{ hang: Hangup; server: Server }>

/** Each with something of the user's that sees every request. */
const starts: Record<string, Start> = {
  async node(options, seen) {
    const hang = createHangup(options)
    const listener = hang.handler((req, res) => {
      seen(req.url)
      res.end('served')
    })
    return { hang, server: hang.attach(createServer(listener).listen(0, '127.0.0.1')) }
  },
  async express(options, seen) {
    const hang = hangupExpress(options)
    const app = express().use(hang, (req, res) => {
      seen(req.url)
      res.send('served')
    })
    return { hang, server: hang.attach(app.listen(0, '127.0.0.1')) }
  },
  async koa(options, seen) {
    const hang = hangupKoa(options)
    const app = new Koa().use(hang).use(async (ctx) => {
      seen(ctx.url)
      ctx.body = 'served'
    })
    return { hang, server: hang.attach(app.listen(0, '127.0.0.1')) }
  },
  async fastify(options, seen) {
    const app = fastify()
    await app.register(hangupFastify, options)
    app.addHook('onRequest', async ({ url }) => seen(url))
    app.get('/*', async () => 'served')
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { hang: app.hangup, server: app.server }
  },
}

describe('probes', () => {
  const hangs: Hangup[] = []
  const clients: Http1Client[] = []
  afterEach(async () => {
    for (const client of clients.splice(0)) client.reset()
    for (const hang of hangs.splice(0)) await hang.drain()
  })

  for (const [name, start] of Object.entries(starts)) {
    for (const [health, paths] of [
      [true, ['/livez', '/readyz']],
      [{ ready: '/healthz' }, ['/healthz']],
      [false, []],
    ] as const) {
      it(`D1 answers ${paths.join(' and ') || 'no probe'} before any middleware (${name})`, async () => {
        const seen: unknown[] = []
        const { hang, server } = await start({ signals: false, health }, (url) => seen.push(url))
        hangs.push(hang)
        if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
        const client = await connectHttp1({ port: portOf(server), tls: false })
        clients.push(client)
        const asked = ['/livez', '/readyz', '/healthz', '/livez/more', '/other']
        for (const path of asked) {
          const { text, headers } = await waitFor(path, client.request({ path }).reply)
          const isProbe = paths.some((probe) => probe === path)
          const expected = isProbe ? /^(live|ready)\n$/ : /^served$/
          expect(text).toMatch(expected)
          if (isProbe) expect(headers['cache-control']).toBe('no-store')
        }
        expect(seen).toEqual(asked.filter((path) => !paths.some((probe) => probe === path)))
      })
    }
  }
})
