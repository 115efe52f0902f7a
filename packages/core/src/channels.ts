import { channel } from 'node:diagnostics_channel'
import type { Exchange } from './exchange.ts'
import type { ExchangeRecord } from './exchange-record.ts'
import type { Ending, Outcome } from './outcome.ts'
import type { DrainReport, PhaseName } from './report.ts'

/*
 * For instruments that see every handle of the process (https://nodejs.org/api/diagnostics_channel.html).
 * Node calls subscribers in the same turn; what one of them throws becomes an uncaught exception, and
 * stops neither the others nor us.
 */

/** On `hangup.exchange.begun`: a request has arrived; sent in its asynchronous context, before its handler. */
export interface BegunMessage {
  readonly exchange: Exchange
}

/** On `hangup.exchange.settled`: how an exchange ended, once for each; sent where `onSettled` is called. */
export interface SettledMessage {
  readonly exchange: Exchange
  readonly outcome: Outcome
}

/** On `hangup.drain.phase`: a drain has entered this phase; `report` as it stands. */
export interface PhaseMessage {
  readonly phase: PhaseName
  readonly report: DrainReport
}

/** On `hangup.drain.report`: a drain is over. */
export interface ReportMessage {
  readonly report: DrainReport
}

const begun = channel('hangup.exchange.begun')
const settled = channel('hangup.exchange.settled')
const phases = channel('hangup.drain.phase')
const reports = channel('hangup.drain.report')

export function publishBegun(exchange: ExchangeRecord): void {
  if (begun.hasSubscribers) begun.publish({ exchange: exchange.share() } satisfies BegunMessage)
}

export function publishSettled(exchange: ExchangeRecord, ending: Ending): void {
  if (!settled.hasSubscribers) return
  settled.publish({ exchange, outcome: exchange.outcomeOf(ending) } satisfies SettledMessage)
}

export function publishPhase(phase: PhaseName, soFar: () => DrainReport): void {
  if (phases.hasSubscribers) phases.publish({ phase, report: soFar() } satisfies PhaseMessage)
}

export function publishReport(report: DrainReport): void {
  if (reports.hasSubscribers) reports.publish({ report } satisfies ReportMessage)
}
