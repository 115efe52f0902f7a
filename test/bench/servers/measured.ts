import type { AddressInfo, Server } from 'node:net'
import type { HangupOptions } from '@hangup/core'
import { VARIANTS } from '../variants.ts'
import { createScale } from './resident.ts'
import { weigh } from './weigh.ts'

/** What a server tells once it listens. */
export interface Listening {
  readonly port: number
}

/** Microseconds of processor time since it began. */
export interface Spent {
  readonly cpuUs: number
}

const variant = VARIANTS.find((known) => known === process.argv[2]) ?? 'without'
export const isWithUs = variant !== 'without' && variant !== 'joined'
export const isJoined = variant === 'joined'
export const options: HangupOptions = variant === 'unheld' ? { buffer: false } : {}

/** What the variant `'touched'` does in each handler. */
export const touch =
  variant === 'touched'
    ? ({ signal }: { readonly signal: AbortSignal }) => {
        // The look keeps the read from being dropped as unused.
        if (signal.aborted) throw new Error('nobody has left')
      }
    : () => {}

const entry = import.meta.resolve('@hangup/core')
if (!entry.includes('/dist/')) throw new Error(`the bench measures built packages, not ${entry}`)

type Answers = Readonly<Record<string, () => object | Promise<object>>>

/** Listens, and answers what it is asked by the process that has started it. */
export function measure(server: Server, own: Answers = {}): void {
  // Connections are to be idle for as long as it takes to make them all.
  if (process.argv[3] === 'idle') Object.assign(server, { keepAliveTimeout: 0 })
  const answers: Answers = { spent, weight: weigh, ...createScale(), ...own }
  process.on('message', async ({ question }: { question: string }) => {
    process.send?.(await answers[question]?.())
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

function spent(): Spent {
  const { user, system } = process.cpuUsage()
  return { cpuUs: user + system }
}
