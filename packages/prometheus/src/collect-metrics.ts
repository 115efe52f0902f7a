import { type ChannelListener, subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Hangup, PhaseMessage, ReportMessage, SettledMessage } from '@hangup/core'
import { Counter, register as defaultRegister, Gauge, Histogram, type Registry } from 'prom-client'

export interface MetricsOptions {
  /** Default: prom-client's global registry. */
  readonly register?: Registry
  /** In front of every name. Default: `'hangup_'`. */
  readonly prefix?: string
  /** Upper bounds of the durations' histogram, in seconds. Default: prom-client's, 5 ms to 10 s. */
  readonly buckets?: readonly number[]
}

const STATES: readonly Hangup['state'][] = ['serving', 'unready', 'draining', 'closing', 'closed']

/**
 * Registers the metrics of these handles, until the returned function is called. What is counted comes
 * by the process's diagnostics channels, so name all its handles in one call; a second call on the same
 * registry throws prom-client's error for a name that is taken. No label holds a url.
 */
export function collectMetrics(
  handles: Hangup | readonly Hangup[],
  { register = defaultRegister, prefix = 'hangup_', buckets }: MetricsOptions = {},
): () => void {
  const all = [handles].flat()
  const registers = [register]
  const names: string[] = []

  function named(name: string): string {
    names.push(prefix + name)
    return prefix + name
  }

  const exchanges = new Counter({
    name: named('exchanges_total'),
    help: 'Exchanges by how they ended, and where in their life they were cut short.',
    labelNames: ['outcome', 'by', 'phase'],
    registers,
  })
  const durations = new Histogram({
    name: named('exchange_duration_seconds'),
    help: "From a request's head to its outcome.",
    labelNames: ['outcome'],
    registers,
    ...(buckets !== undefined && { buckets: [...buckets] }),
  })
  new Gauge({
    name: named('exchanges_in_flight'),
    help: 'Exchanges in flight, by whether their client is still there.',
    labelNames: ['client'],
    registers,
    collect() {
      const present = all.flatMap((hang) => hang.exchanges())
      const gone = present.filter(({ isClientGone }) => isClientGone).length
      this.set({ client: 'connected' }, present.length - gone)
      this.set({ client: 'gone' }, gone)
    },
  })
  new Gauge({
    name: named('handles'),
    help: 'Handles by the state that they are in.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const state of STATES)
        this.set({ state }, all.filter((hang) => hang.state === state).length)
    },
  })
  const phases = new Gauge({
    name: named('drain_phase_seconds'),
    help: 'Time that the drain spent in each phase that is over.',
    labelNames: ['phase'],
    registers,
  })
  const drained = new Gauge({
    name: named('drain_requests'),
    help: 'Requests of the drain, by what became of them.',
    labelNames: ['result'],
    registers,
  })

  const subscriptions: readonly (readonly [string, ChannelListener])[] = [
    ['hangup.exchange.settled', (message) => settled(message as SettledMessage)],
    ['hangup.drain.phase', (message) => reported(message as PhaseMessage)],
    ['hangup.drain.report', (message) => reported(message as ReportMessage)],
  ]

  function settled({ outcome }: SettledMessage): void {
    const { kind, by = '', phase = '', ms } = outcome
    exchanges.inc({ outcome: kind, by, phase })
    durations.observe({ outcome: kind }, ms / 1000)
  }

  function reported({ report }: ReportMessage): void {
    for (const { name, ms } of report.phases) phases.set({ phase: name }, ms / 1000)
    const { finished, refused, aborted, lost } = report.requests
    drained.set({ result: 'finished' }, finished)
    drained.set({ result: 'refused' }, refused)
    drained.set({ result: 'aborted' }, aborted)
    drained.set({ result: 'lost' }, lost.length)
  }

  for (const [name, listener] of subscriptions) subscribe(name, listener)

  return function stop(): void {
    for (const [name, listener] of subscriptions) unsubscribe(name, listener)
    for (const name of names) register.removeSingleMetric(name)
  }
}
