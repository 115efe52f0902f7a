import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { createHangup } from '@hangup/core'
import type { Listening } from './measured.ts'

/** What there may be many of when a drain starts. */
export type Kind =
  | 'idle connections'
  | 'requests in flight'
  | 'pipelined requests'
  | 'shields'
  | 'clean-up functions'
  | 'servers'

export interface Grown {
  readonly count: number
}

/** Processor time from the start of a drain to its end. */
export interface DrainCost {
  readonly cpuMs: number
}

type Ask =
  | { readonly question: 'spent' }
  /** Once so many requests are held. */
  | { readonly question: 'drain'; readonly inFlight: number }
  | { readonly question: 'grow'; readonly kind: Kind; readonly count: number }

/** Requests in flight are let go by the drain at once, so that it is they that are measured. */
const DRAIN = { graceMs: 60_000, idleGraceMs: 200 }

const isWithUs = process.argv[2] === 'with'
const hang = createHangup({ signals: false, drain: DRAIN })
const held: ServerResponse[] = []

function serve(req: IncomingMessage, res: ServerResponse): void {
  if (req.url === '/hold') held.push(res)
  else res.end('hello\n')
}

async function grow(kind: Kind, count: number): Promise<Grown> {
  if (kind === 'shields') await holdShields(count)
  else if (kind === 'servers') await listenOften(count)
  else {
    for (let at = 0; at < count; at++)
      hang.onClose(`hook ${at}`, () => {}, at % 10 > 0 ? { after: `hook ${at - 1}` } : {})
  }
  return { count }
}

/** All of one request, which goes on behind its response. */
async function holdShields(count: number): Promise<void> {
  const drained = new Promise<void>((resolve) =>
    hang.drainSignal.addEventListener('abort', () => resolve()),
  )
  const server = http.createServer(
    hang.handler<IncomingMessage, ServerResponse>(({ exchange }, res) => {
      for (let at = 0; at < count; at++) void exchange.shield(() => drained)
      res.end()
    }),
  )
  await listen(server)
  const { port } = server.address() as AddressInfo
  await fetch(`http://127.0.0.1:${port}`, { headers: { connection: 'close' } })
  server.close()
}

async function listenOften(count: number): Promise<void> {
  for (let at = 0; at < count; at++) await listen(hang.attach(http.createServer(serve)))
}

async function listen(server: http.Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
}

async function drain(inFlight: number): Promise<DrainCost> {
  while (held.length < inFlight) await pause(5)
  const before = process.cpuUsage()
  const drained = hang.drain()
  for (const res of held.splice(0)) res.end('hello\n')
  await drained
  const { user, system } = process.cpuUsage(before)
  return { cpuMs: (user + system) / 1_000 }
}

function spent() {
  const { user, system } = process.cpuUsage()
  return { cpuUs: user + system }
}

process.on('message', async (ask: Ask) => {
  if (ask.question === 'grow') process.send?.(await grow(ask.kind, ask.count))
  else process.send?.(ask.question === 'drain' ? await drain(ask.inFlight) : spent())
})
process.on('disconnect', () => process.exit())

const server = http.createServer(isWithUs ? hang.handler(serve) : serve)
server.keepAliveTimeout = 0
if (isWithUs) hang.attach(server)
await listen(server)
process.send?.({ port: (server.address() as AddressInfo).port } satisfies Listening)
