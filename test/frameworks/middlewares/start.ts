import type { Server } from 'node:net'
import type { HangupOptions } from '@hangup/core'
import type { Host } from '../../hosts/host.ts'
import { type AnyListener, overHttp, overHttp2, type Transport } from '../../hosts/transport.ts'

/** An application of a framework with its usual middlewares. */
export type Start = (setup: Setup) => Promise<{ readonly server: Server; stop(): unknown }>

export interface Setup {
  readonly speaks: Host['speaks']
  /** With the adapter in front of the middlewares, or without. */
  readonly isMounted: boolean
  log(line: string): void
}

/** Nothing is held for so long that a slow machine makes a difference. */
export const options: HangupOptions = { signals: false, buffer: { maxDelayMs: 60_000 } }

export const transports: Readonly<Record<Host['speaks'], Transport<AnyListener>>> = {
  'http/1.1': overHttp,
  h2: overHttp2,
}
