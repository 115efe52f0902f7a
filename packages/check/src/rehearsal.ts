import { setTimeout } from 'node:timers/promises'
import { openSession } from './clients/session.ts'
import { getRequest, type Target } from './clients/target.ts'
import { type Answer, openWire } from './clients/wire.ts'
import type { Launched } from './launch.ts'
import { createRecorder } from './recorder.ts'
import { times } from './times.ts'
import { UsageError } from './usage-error.ts'
import { within } from './within.ts'

/** What the service is like when nobody leaves and nothing stops. */
export interface Rehearsal {
  readonly speaksHttp1: boolean
  readonly speaksHttp2: boolean
  /** Of an answer, when several are asked for at once. */
  readonly medianMs: number
  /** Whether an HTTP/1 connection serves a second request. */
  readonly keepsAlive: boolean
  /** Healthy requests put lines on stderr, as access logs do. */
  readonly logsToStderr: boolean
}

const CLIENTS = 12
const ANSWER_MS = 30_000
/** For the answer of a service that may not speak HTTP/2 at all, and may just wait. */
const PROBE_MS = 2_000
/** For lines on stderr, and for the end of a connection, to arrive. */
const AFTERWARDS_MS = 50
const HUNG: Answer = { fate: 'hung' }

/** Throws a UsageError where the service does not answer well even so. */
export async function rehearse({ service, target }: Launched): Promise<Rehearsal> {
  const overHttp2 = await probeHttp2(target)
  service.takeStderr()
  const overHttp1 = await Promise.all(times(CLIENTS, () => askTwice(target)))
  const bad = overHttp1.find(({ first }) => !isGood(first))
  if (bad !== undefined && overHttp2 === undefined)
    throw new UsageError(complain(target, bad.first))
  await setTimeout(AFTERWARDS_MS)
  return {
    speaksHttp1: bad === undefined,
    speaksHttp2: overHttp2 !== undefined,
    medianMs: overHttp2 ?? medianOf(overHttp1.map(({ ms }) => ms)),
    keepsAlive: overHttp1.every(({ isKept }) => isKept),
    logsToStderr: service.takeStderr().lines > 0,
  }
}

/** How long it takes to answer on HTTP/2; undefined: it does not. */
async function probeHttp2(target: Target): Promise<number | undefined> {
  const session = openSession(target, createRecorder())
  const began = performance.now()
  const isOpen = await within(PROBE_MS, session.opened)
  const fate = isOpen ? await within(ANSWER_MS, session.send()) : undefined
  session.leave()
  return fate === 'answered' ? performance.now() - began : undefined
}

async function askTwice(target: Target) {
  const wire = openWire(target, createRecorder())
  await wire.opened
  const began = performance.now()
  const first = (await within(ANSWER_MS, wire.send(getRequest(target)))) ?? HUNG
  const ms = performance.now() - began
  await setTimeout(AFTERWARDS_MS)
  const second = wire.isOpen ? await within(ANSWER_MS, wire.send(getRequest(target))) : HUNG
  wire.leave('fin')
  return { first, ms, isKept: second?.fate === 'answered' }
}

function isGood({ status }: Answer): boolean {
  return status !== undefined && status < 400
}

function complain({ url }: Target, { fate, status }: Answer): string {
  const what = status === undefined ? `leaves a request ${fate}` : `answers ${status}`
  return `--url ${url.href} ${what}, though nobody disturbs it; give an address that is answered with 2xx or 3xx, and what it asks for by --header`
}

function medianOf(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
