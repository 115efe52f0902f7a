import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHangup, type Exchange } from '@hangup/core'
import { collectMetrics } from '@hangup/prometheus'
import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import { createLatch } from '../support/latch.ts'
import { waitFor } from '../support/wait-for.ts'

it('counts exchanges by how they ended, shows what is in flight, and tells of the drain', async () => {
  const hang = createHangup({ signals: false })
  const register = new Registry()
  const stop = collectMetrics(hang, { register })
  const arrived = createLatch<Exchange>()
  const released = createLatch()
  const metrics = createServer(async (_req, res) => {
    res.setHeader('content-type', register.contentType)
    res.end(await register.metrics())
  })
  const server = createServer(
    hang.handler(async (req, res) => {
      if (req.url === '/') return res.end('whole')
      arrived.open(req.exchange)
      return released.opened
    }),
  )
  const [port, metricsPort] = await Promise.all([server, metrics].map(listen))
  hang.attach(server)
  const scrape = async () => {
    const reply = await fetch(`http://127.0.0.1:${metricsPort}/metrics`)
    return (await reply.text()).split('\n')
  }

  await fetch(`http://127.0.0.1:${port}/`).then((reply) => reply.text())
  const client = await connectHttp1({ port: Number(port), tls: false })
  client.request({ path: '/work' })
  const exchange = await waitFor('the request', arrived.opened)
  expect(await scrape()).toEqual(
    expect.arrayContaining([
      'hangup_exchanges_in_flight{client="connected"} 1',
      'hangup_exchanges_in_flight{client="gone"} 0',
      'hangup_handles{state="serving"} 1',
    ]),
  )

  client.reset()
  await waitFor('the outcome', exchange.outcome)
  expect(await scrape()).toEqual(
    expect.arrayContaining([
      'hangup_exchanges_total{outcome="flushed",by="",phase=""} 1',
      'hangup_exchanges_total{outcome="aborted",by="client",phase="handler"} 1',
      'hangup_exchange_duration_seconds_count{outcome="aborted"} 1',
      'hangup_exchanges_in_flight{client="connected"} 0',
      'hangup_exchanges_in_flight{client="gone"} 1',
    ]),
  )

  released.open()
  const report = await hang.drain()
  const text = await scrape()
  expect(text).toEqual(
    expect.arrayContaining([
      'hangup_handles{state="serving"} 0',
      'hangup_handles{state="closed"} 1',
      'hangup_drain_requests{result="lost"} 0',
    ]),
  )
  const phases = text.filter((line) => line.startsWith('hangup_drain_phase_seconds{'))
  expect(phases).toEqual(
    report.phases.map(({ name, ms }) => `hangup_drain_phase_seconds{phase="${name}"} ${ms / 1000}`),
  )

  stop()
  expect(await register.metrics()).toBe('\n')
  metrics.close()
})

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return port
}
