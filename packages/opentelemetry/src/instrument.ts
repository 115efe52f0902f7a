import { type ChannelListener, subscribe, unsubscribe } from 'node:diagnostics_channel'
import type {
  BegunMessage,
  DrainReport,
  Exchange,
  Hangup,
  Outcome,
  ReportMessage,
  SettledMessage,
} from '@hangup/core'
import {
  type Attributes,
  type Meter,
  metrics,
  type ObservableResult,
  type Span,
  trace,
} from '@opentelemetry/api'

export interface InstrumentOptions {
  /** Default: one of the global meter provider, named `@hangup/opentelemetry`. */
  readonly meter?: Meter
}

/** The boundaries that the semantic conventions give for `http.server.request.duration`, in seconds. */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** The methods that the semantic conventions know; every other one is `_OTHER`. */
const METHODS = new Set('CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT TRACE'.split(' '))

/**
 * Measures these handles until the returned function is called, and tells the span that is active when a
 * request arrives of its abort. What is counted comes by the process's diagnostics channels, so name
 * all its handles in one call. Attributes follow the semantic conventions for HTTP; none holds a url.
 */
export function instrument(
  handles: Hangup | readonly Hangup[],
  { meter = metrics.getMeter('@hangup/opentelemetry') }: InstrumentOptions = {},
): () => void {
  const all = [handles].flat()
  const spans = new WeakMap<Exchange, Span>()

  const durations = meter.createHistogram('hangup.exchange.duration', {
    description: "From a request's head to its outcome.",
    unit: 's',
    advice: { explicitBucketBoundaries: BOUNDARIES },
  })
  const inFlight = meter.createObservableUpDownCounter('hangup.exchange.in_flight', {
    description: 'Exchanges in flight, by whether their client is still there.',
    unit: '{exchange}',
  })
  const phases = meter.createHistogram('hangup.drain.phase.duration', {
    description: 'Time that a drain spent in each of its phases.',
    unit: 's',
  })
  const drained = meter.createCounter('hangup.drain.requests', {
    description: 'Requests of a drain, by what became of them.',
    unit: '{request}',
  })

  function begun({ exchange }: BegunMessage): void {
    const span = trace.getActiveSpan()
    if (span?.isRecording()) spans.set(exchange, span)
  }

  function settled({ exchange, outcome }: SettledMessage): void {
    durations.record(outcome.ms / 1000, attributesOf(exchange, outcome))
    if (outcome.kind === 'aborted') spans.get(exchange)?.addEvent('hangup.abort', ending(outcome))
  }

  function reported({ report }: ReportMessage): void {
    for (const { name, ms } of report.phases)
      phases.record(ms / 1000, { 'hangup.drain.phase': name })
    for (const [result, count] of requestsOf(report))
      drained.add(count, { 'hangup.drain.result': result })
  }

  function observe(result: ObservableResult): void {
    const present = all.flatMap((hang) => hang.exchanges())
    const gone = present.filter(({ isClientGone }) => isClientGone).length
    result.observe(present.length - gone, { 'hangup.client': 'connected' })
    result.observe(gone, { 'hangup.client': 'gone' })
  }

  const subscriptions: readonly (readonly [string, ChannelListener])[] = [
    ['hangup.exchange.begun', (message) => begun(message as BegunMessage)],
    ['hangup.exchange.settled', (message) => settled(message as SettledMessage)],
    ['hangup.drain.report', (message) => reported(message as ReportMessage)],
  ]
  for (const [name, listener] of subscriptions) subscribe(name, listener)
  inFlight.addCallback(observe)

  return function stop(): void {
    for (const [name, listener] of subscriptions) unsubscribe(name, listener)
    inFlight.removeCallback(observe)
  }
}

function attributesOf({ method, route }: Exchange, outcome: Outcome): Attributes {
  return {
    'http.request.method': METHODS.has(method) ? method : '_OTHER',
    'http.response.status_code': outcome.status,
    ...(route !== undefined && { 'http.route': route }),
    'hangup.outcome': outcome.kind,
    ...ending(outcome),
  }
}

function ending({ by, phase }: Outcome): Attributes {
  return {
    ...(by !== undefined && { 'hangup.by': by }),
    ...(phase !== undefined && { 'hangup.phase': phase }),
  }
}

function requestsOf({ requests }: DrainReport): [string, number][] {
  const { finished, refused, aborted, lost } = requests
  return Object.entries({ finished, refused, aborted, lost: lost.length })
}
