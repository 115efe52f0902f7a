import { createServer } from 'node:http'
import { createHangup, type Exchange } from '@hangup/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import { listen } from '../hosts/transport.ts'
import { createLatch } from '../support/latch.ts'
import { waitFor } from '../support/wait-for.ts'

const { stackTraceLimit } = Error

/** As under `node --frozen-intrinsics`, and after SES' `lockdown()`. */
beforeEach(() => {
  Object.defineProperty(Error, 'stackTraceLimit', { value: stackTraceLimit, writable: false })
})

afterEach(() => {
  Object.defineProperty(Error, 'stackTraceLimit', { value: stackTraceLimit, writable: true })
})

it('A1 aborts, and a drain runs, where Error is frozen', async () => {
  const hang = createHangup({ signals: false })
  const begun = createLatch<Exchange>()
  const server = createServer(
    hang.handler(async ({ exchange }) => {
      begun.open(exchange)
      await exchange.outcome
    }),
  )
  hang.attach(server)
  const client = await connectHttp1({ port: await listen(server), tls: false })
  client.request()
  const { signal, outcome } = await waitFor('the request', begun.opened)
  client.reset()
  expect(await waitFor('the outcome', outcome)).toMatchObject({ kind: 'aborted', by: 'client' })
  expect(signal.reason).toMatchObject({ code: 'ERR_CLIENT_GONE' })
  expect(await waitFor('the drain', hang.drain())).toMatchObject({ clean: true })
  expect(hang.drainSignal.aborted).toBe(true)
})
