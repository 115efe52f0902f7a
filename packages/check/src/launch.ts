import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { Addresses } from './address.ts'
import { openSession } from './clients/session.ts'
import { getRequest, type Target } from './clients/target.ts'
import { openWire } from './clients/wire.ts'
import type { CheckOptions } from './options.ts'
import { createRecorder } from './recorder.ts'
import { type Service, startService } from './service.ts'
import { UsageError } from './usage-error.ts'
import { within } from './within.ts'

/** A service that answers, and where. */
export interface Launched {
  readonly service: Service
  readonly target: Target
}

const POLL_MS = 25
/** One try at an answer; a service that has just begun may take its time. */
const ANSWER_MS = 10_000
const HTTP2_MS = 500

/**
 * Starts the command and resolves once it answers. Throws where it does not, or where something else
 * listens there, for longer than `freeMs`: what this check has not started it does not load.
 */
export async function launch(
  options: CheckOptions,
  addresses: Addresses,
  freeMs: number,
): Promise<Launched> {
  const targets = addresses.addresses.map((address) => targetOf(options, address, addresses))
  await untilFree(targets, freeMs, options)
  const port = String(targets[0]?.port)
  const service = startService(options.command, { ...process.env, PORT: port })
  try {
    const target = await untilAnswering(targets, service, options)
    service.takeStderr()
    return { service, target }
  } catch (error) {
    await service.destroy()
    throw error
  }
}

/** Whether connections are accepted there. */
export function isListening({ address: host, port }: Target): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
    function done(isAccepted: boolean): void {
      socket.destroy()
      resolve(isAccepted)
    }
  })
}

async function untilFree(
  targets: readonly Target[],
  freeMs: number,
  { url }: CheckOptions,
): Promise<void> {
  for (let waitedMs = 0; waitedMs <= freeMs; waitedMs += POLL_MS) {
    const listening = await Promise.all(targets.map(isListening))
    if (!listening.includes(true)) return
    await setTimeout(POLL_MS)
  }
  throw new UsageError(
    `--url ${url.href}: something listens there already, and the check loads only what it has started itself; stop it or choose another port`,
  )
}

async function untilAnswering(
  targets: readonly Target[],
  service: Service,
  { url, command, startMs }: CheckOptions,
): Promise<Target> {
  const words = command.join(' ')
  const patience = AbortSignal.timeout(startMs)
  while (!patience.aborted) {
    if (service.end !== undefined) {
      const { code, signal, error } = service.end
      const how = code === null ? `was ended by ${signal}` : `exited with code ${code}`
      await service.destroy()
      throw new UsageError(
        error === undefined
          ? `the command "${words}" ${how} before it answered${said(service)}`
          : `the command "${words}" could not be started: ${error.message}; write it as you would in a shell`,
      )
    }
    for (const target of targets) {
      if ((await isListening(target)) && (await isAnswering(target, service))) return target
    }
    await setTimeout(POLL_MS)
  }
  throw new UsageError(
    `the command "${words}" did not answer at ${url.href} within ${startMs} ms: is that where it listens? --start-ms gives it more time${said(service)}`,
  )
}

async function isAnswering(target: Target, { ended }: Service): Promise<boolean> {
  const wire = openWire(target, createRecorder())
  const answer = wire.send(getRequest(target, target.paths.work, ['Connection', 'close']))
  const first = await within(ANSWER_MS, Promise.race([answer, ended]))
  wire.leave('fin')
  return (first !== undefined && 'status' in first) || (await isAnsweringHttp2(target))
}

async function isAnsweringHttp2(target: Target): Promise<boolean> {
  const session = openSession(target, createRecorder())
  const isOpen = await within(HTTP2_MS, session.opened)
  session.leave()
  return isOpen === true
}

function said(service: Service): string {
  return service
    .takeStderr()
    .first.map((line) => `\n    ${line}`)
    .join('')
}

function targetOf(options: CheckOptions, address: string, { isLocal }: Addresses): Target {
  const { url, headers, uploadPath, downloadPath } = options
  const isSecure = url.protocol === 'https:'
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port)
  const paths = { work: url.pathname + url.search, upload: uploadPath, download: downloadPath }
  return { url, address, port, isSecure, checksCertificate: !isLocal, headers, paths }
}
