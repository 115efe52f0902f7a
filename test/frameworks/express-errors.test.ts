import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type HangupOptions, hangup, type Outcome } from '@hangup/express'
import express, { type ErrorRequestHandler, type Express } from 'express'
import supertest from 'supertest'
import { afterEach, describe, expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import { createLatch } from '../support/latch.ts'
import { waitFor } from '../support/wait-for.ts'

/** B2 and B8 for applications that have error handlers of their own, and for mounted ones. */
describe('errors in Express', () => {
  const closing: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  function createApp(options: HangupOptions = {}) {
    const hang = hangup({ signals: false, drain: { idleGraceMs: 50, graceMs: 500 }, ...options })
    const app = express()
    app.use(hang)
    return { hang, app }
  }

  async function listen(app: Express, hang: ReturnType<typeof hangup>): Promise<number> {
    const server = hang.attach(app.listen(0, '127.0.0.1'))
    closing.push(() => hang.drain())
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }

  const ownHandler: ErrorRequestHandler = (error, _req, res, _next) => {
    res.status(500).send(`own page: ${error.message}`)
  }

  it('B2 gives an error handler of the application a clean page', async () => {
    const { app } = createApp()
    app.use((_req, res, next) => {
      res.set('x-request-id', '7')
      next()
    })
    app.get('/', async (_req, res) => {
      res.set({ 'x-page': 'half', 'content-type': 'text/csv', etag: '"half"' })
      res.write('half a page')
      throw new Error('row 50')
    })
    app.use(ownHandler)

    const { status, text, headers } = await supertest(app).get('/')
    expect({ status, text }).toEqual({ status: 500, text: 'own page: row 50' })
    expect(headers).toMatchObject({ 'x-request-id': '7', 'content-length': '16' })
    expect(headers['x-page']).toBeUndefined()
    expect(headers['content-type']).toContain('text/html')
    expect(headers.etag).not.toBe('"half"')
  })

  it('B2 frames a page that its handler has begun twice', async () => {
    const { app } = createApp()
    app.get('/', (_req, res) => {
      res.write('half a page, ')
      res.status(500).send('sorry')
    })
    const { text, headers } = await supertest(app).get('/')
    expect(text).toBe('half a page, sorry')
    expect(headers['content-length']).toBe('18')
  })

  for (const [where, fail] of [
    ['a promise', async (signal: AbortSignal) => Promise.reject(signal.reason)],
    ['a callback', (signal: AbortSignal, next: (error: unknown) => void) => next(signal.reason)],
  ] as const) {
    it(`B8 tells no error handler of an abort that comes by ${where}, and nothing stays in flight`, async () => {
      const settled = createLatch<Outcome>()
      const { app, hang } = createApp({ onSettled: (_, outcome) => settled.open(outcome) })
      const arrived = createLatch<void>()
      const seen: unknown[] = []
      app.get('/', (req, _res, next) => {
        const aborted = once(req.signal, 'abort')
        arrived.open()
        return aborted.then(() => fail(req.signal, next)) as never
      })
      app.use(((error, _req, _res, next) => {
        seen.push(error)
        next(error)
      }) satisfies ErrorRequestHandler)

      const client = await connectHttp1({ port: await listen(app, hang), tls: false })
      client.request()
      await waitFor('the request', arrived.opened)
      client.reset()
      expect(await waitFor('the outcome', settled.opened)).toMatchObject({ by: 'client' })
      expect(await hang.drain()).toMatchObject({ clean: true })
      expect(seen).toEqual([])
      expect(hang.exchanges()).toEqual([])
    })
  }

  it('B2 and B8 hold in a mounted application, from its second request on', async () => {
    const { app } = createApp()
    const mounted = express()
    mounted.get('/', async (_req, res) => {
      res.write('half a page')
      throw new Error('row 50')
    })
    mounted.use(ownHandler)
    app.use('/mounted', mounted)

    await supertest(app).get('/mounted')
    const { status, text } = await supertest(app).get('/mounted')
    expect({ status, text }).toEqual({ status: 500, text: 'own page: row 50' })
  })
})
