export type { BegunMessage, PhaseMessage, ReportMessage, SettledMessage } from './channels.ts'
export type { CleanupOptions, CleanupResult } from './cleanup.ts'
export { currentExchange, currentSignal } from './context.ts'
export type { State } from './drain.ts'
export type { AbortCode, AbortReason, OptionError, Phase } from './errors.ts'
export type { Exchange } from './exchange.ts'
export { exchangeOf, recordOf } from './exchange-of.ts'
export type { ExchangeRecord, Failure } from './exchange-record.ts'
export { createHangup, createMount, type Framework, type Hangup, type Mount } from './hangup.ts'
export type { InFlight } from './in-flight.ts'
export { isAbort } from './is-abort.ts'
export type { Logger } from './logger.ts'
export type { OpenResponse, Request, Response } from './node-types.ts'
export type {
  BufferOptions,
  DrainOptions,
  HangupOptions,
  HealthOptions,
} from './options.ts'
export type { Outcome } from './outcome.ts'
export type { DrainReport, LostRequest, PhaseName } from './report.ts'
export type { RequestExtras } from './serve-bare.ts'
export type { Usher } from './usher.ts'
export type { ShieldOptions, UnfinishedWork } from './work.ts'
