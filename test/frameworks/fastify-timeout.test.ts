import { hangup } from '@hangup/fastify'
import fastify from 'fastify'
import { expect, it } from 'vitest'
import { aborted } from '../conformance/visit.ts'
import { pause } from '../support/pause.ts'
import { stall } from '../support/stall.ts'

/** Fastify counts from before its hooks, the adapter from its own: here the two are far apart. */
it("A10 has aborted the signal by the time that Fastify's handlerTimeout is answered", async () => {
  const app = fastify()
  app.addHook('onRequest', (_request, _reply, done) => {
    stall(100)
    done()
  })
  await app.register(hangup, { signals: false })
  app.addHook('preHandler', () => pause(1))
  let signal: AbortSignal | undefined
  app.get('/', { handlerTimeout: 1_000 }, async (request) => {
    signal = request.signal
    await aborted(request.signal)
  })
  const { statusCode } = await app.inject('/')
  expect(statusCode).toBe(503)
  expect(signal?.reason).toMatchObject({ code: 'FST_ERR_HANDLER_TIMEOUT' })
  await app.close()
})
