import { writeSync } from 'node:fs'
import type { AddressInfo, Server } from 'node:net'
import type { Logger } from '@hangup/core'

/** What a server tells the demonstration. */
export type ServerEvent =
  | { readonly event: 'listening'; readonly port: number }
  | { readonly event: 'locked' | 'unlocked' }
  | { readonly event: 'aborted'; readonly client: 'stays' | 'leaves' }

/** `node servers/express.ts with`, or `without`. */
export const isWithUs = process.argv[2] === 'with'

/** The pipe that the demonstration reads. Written at once, and it keeps no process alive. */
const EVENTS_FD = 3

export function tell(event: ServerEvent): void {
  writeSync(EVENTS_FD, `${JSON.stringify(event)}\n`)
}

export function tellPort(server: Server): void {
  const address: AddressInfo | string | null = server.address()
  if (address !== null && typeof address !== 'string')
    tell({ event: 'listening', port: address.port })
}

/** Where core finds something worth a line, it is to be counted like everybody else's. */
export const logger: Logger = {
  debug() {},
  info() {},
  warn: (details, message) => console.error(message, details),
  error: (details, message) => console.error(message, details),
}

// The demonstration holds the other end: a server whose demonstration is gone ends too.
process.stdin.on('end', () => process.exit(2)).resume()
process.stdin.on('error', () => {})
const stdin: object = process.stdin
if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref()
