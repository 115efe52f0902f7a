import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { createHangup } from '@hangup/core'
import { instrument } from '@hangup/opentelemetry'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import { expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import { createLatch } from '../support/latch.ts'
import { waitFor } from '../support/wait-for.ts'

it('measures exchanges and the drain, and tells the span of the abort', async () => {
  const spans = new InMemorySpanExporter()
  const tracerProvider = new NodeTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(spans)],
  })
  tracerProvider.register()
  registerInstrumentations({ tracerProvider, instrumentations: [new HttpInstrumentation()] })
  // The instrumentation takes hold of Node's module when that is first required behind it.
  const http: typeof import('node:http') = createRequire(import.meta.url)('node:http')

  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 })
  const meterProvider = new MeterProvider({ readers: [reader] })

  const hang = createHangup({ signals: false })
  const stop = instrument(hang, { meter: meterProvider.getMeter('a test') })
  const released = createLatch()
  const server = hang.attach(
    http.createServer(
      hang.handler((req, res) => (req.url === '/' ? res.end('whole') : released.opened)),
    ),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  await fetch(`http://127.0.0.1:${port}/`).then((reply) => reply.text())
  const client = await connectHttp1({ port, tls: false })
  client.request({ path: '/work' })
  await waitFor('the request', once(server, 'request'))
  const [exchange] = hang.exchanges()
  expect(exchange?.url).toBe('/work')
  client.reset()
  const hasLeft = async () => {
    while (hang.exchanges()[0]?.isClientGone !== true) await new Promise(setImmediate)
  }
  await waitFor('the abort', hasLeft())
  const before = await collect()
  released.open()
  const report = await hang.drain()
  const after = await collect()

  expect(before['hangup.exchange.in_flight']).toEqual([
    [{ 'hangup.client': 'connected' }, 0],
    [{ 'hangup.client': 'gone' }, 1],
  ])
  const get = { 'http.request.method': 'GET' }
  expect(after['hangup.exchange.duration']).toEqual([
    [{ ...get, 'http.response.status_code': 200, 'hangup.outcome': 'flushed' }, 1],
    [
      {
        ...get,
        'http.response.status_code': 499,
        'hangup.outcome': 'aborted',
        'hangup.by': 'client',
        'hangup.phase': 'handler',
      },
      1,
    ],
  ])
  expect(after['hangup.drain.phase.duration']).toEqual(
    report.phases.map(({ name }) => [{ 'hangup.drain.phase': name }, 1]),
  )
  expect(after['hangup.drain.requests']).toContainEqual([{ 'hangup.drain.result': 'lost' }, 0])
  const events = spans
    .getFinishedSpans()
    .flatMap((span) =>
      span.events.map(({ name, attributes }) => [
        span.attributes['http.target'] ?? span.attributes['url.path'],
        name,
        attributes,
      ]),
    )
  expect(events).toContainEqual([
    '/work',
    'hangup.abort',
    { 'hangup.by': 'client', 'hangup.phase': 'handler' },
  ])

  stop()
  await meterProvider.shutdown()
  await tracerProvider.shutdown()

  /** Each metric's points: attributes, and the value, or how many were counted. */
  async function collect(): Promise<Record<string, [unknown, unknown][]>> {
    exporter.reset()
    await meterProvider.forceFlush()
    const scopes = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics)
    const collected = scopes.flatMap((scope) => scope.metrics)
    return Object.fromEntries(
      collected.map(({ descriptor, dataPoints }) => [
        descriptor.name,
        dataPoints.map(({ attributes, value }) => [
          attributes,
          typeof value === 'number' ? value : value.count,
        ]),
      ]),
    )
  }
})
