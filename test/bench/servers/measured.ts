import type { AddressInfo, Server } from 'node:net'
import type { HangupOptions } from '@hangup/core'
import type { Variant } from '../variants.ts'

/** What a server tells once it listens. */
export interface Listening {
  readonly port: number
}

/** What it answers to any message: microseconds of processor time since it began. */
export interface Spent {
  readonly cpuUs: number
}

const given = process.argv[2]
export const variant: Variant =
  given === 'with' || given === 'unheld' || given === 'touched' ? given : 'without'
export const isWithUs = variant !== 'without'
export const isTouched = variant === 'touched'
export const options: HangupOptions = variant === 'unheld' ? { buffer: false } : {}

/** Keeps a read of the signal from being dropped as unused. */
export function touch(signal: AbortSignal): void {
  if (signal.aborted) throw new Error('nobody has left')
}

const entry = import.meta.resolve('@hangup/core')
if (!entry.includes('/dist/')) throw new Error(`the bench measures built packages, not ${entry}`)

export function measure(server: Server): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.({ cpuUs: user + system } satisfies Spent)
  })
  process.on('disconnect', () => process.exit())
  const tell = () => {
    const address: AddressInfo | string | null = server.address()
    if (address === null || typeof address === 'string') throw new Error('not on a port')
    process.send?.({ port: address.port } satisfies Listening)
  }
  if (server.listening) tell()
  else server.listen(0, '127.0.0.1', tell)
}
