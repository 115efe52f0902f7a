import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectSecure } from 'node:tls'
import type { Recorder, RequestRecord } from '../recorder.ts'
import type { Fate } from '../result.ts'
import { createReplyReader } from './reply-reader.ts'
import type { Request, Target } from './target.ts'

/** One HTTP/1 connection of a client, written and read as it is. Pipelining is not for it. */
export interface Wire {
  /** Resolves with true once it is open, with false where it never will be. */
  readonly opened: Promise<boolean>
  /** As far as the client knows: with a round trip, news of the end arrive late. */
  readonly isOpen: boolean
  /** Sends a whole request, or what of it `parts` holds; the rest by `write`. Refused where it is over. */
  send(request: Request, parts?: readonly string[]): Promise<Answer>
  /** Sends something that nobody waits for an answer to. */
  write(text: string): void
  /** From the first bytes of an answer on nothing is read until `resume`. */
  holdReading(): void
  resume(): void
  /** Resolves when the first bytes of an answer have come, or the connection is over. */
  readonly answering: Promise<void>
  /** Says that no more is to come and goes on reading: a request under way is then one that was left. */
  halfClose(): void
  /** Leaves on purpose; a request under way is then one that was left. */
  leave(how: 'fin' | 'reset'): void
}

export interface Answer {
  readonly fate: Fate
  readonly status?: number
}

export interface WireOptions {
  /** Added to what loopback takes: half of it to each thing sent and to each thing heard. */
  readonly roundTripMs?: number
  /** Asked of a request that is about to be lost: true counts it as refused. */
  readonly excuse?: () => boolean
}

export function openWire(
  target: Target,
  recorder: Recorder,
  { roundTripMs = 0, excuse = () => false }: WireOptions = {},
): Wire {
  const oneWayMs = roundTripMs / 2
  const record = recorder.openConnection()
  const answering = latch<void>()
  const opened = latch<boolean>()
  const socket = connect(target)
  let isOver = false
  let wasAccepted = false
  let wasOpen = false
  let holds = false
  let current: { request: RequestRecord; done: (answer: Answer) => void } | undefined

  const reader = createReplyReader(({ status, closes }) => {
    settle(fateOf(status), Number.isNaN(status) ? undefined : status)
    if (closes) hangUp('end')
  })

  socket.setNoDelay(true)
  socket.once('connect', () => {
    wasAccepted = true
  })
  socket.once(target.isSecure ? 'secureConnect' : 'connect', () =>
    later(() => {
      wasOpen = true
      opened.open(true)
    }),
  )
  socket.on('data', (chunk: Buffer) => {
    if (holds) socket.pause()
    later(() => {
      if (isOver) return
      recorder.noteBytes()
      answering.open()
      reader.push(chunk)
    })
  })
  socket.once('end', () => later(() => over('end')))
  socket.once('error', (error) =>
    later(() => over(wasAccepted || isReset(error) ? 'reset' : 'refused')),
  )
  socket.once('close', () => later(() => over('end')))

  function later(act: () => void): void {
    if (oneWayMs === 0) act()
    else setTimeout(act, oneWayMs)
  }

  function settle(fate: Fate, status?: number): void {
    const request = current
    current = undefined
    request?.request.settle(fate, status)
    request?.done({ fate, ...(status !== undefined && { status }) })
  }

  /** The service, or the way to it, has ended the connection. */
  function over(how: 'end' | 'reset' | 'refused'): void {
    if (isOver) return
    const left = reader.over(how === 'reset')
    if (isOver) return
    if (left === 'cut') settle('truncated')
    else settle(how === 'refused' || (current !== undefined && excuse()) ? 'refused' : 'lost')
    hangUp(how)
  }

  function hangUp(how: 'end' | 'reset' | 'refused' | 'client'): void {
    isOver = true
    record.close(how)
    if (!wasOpen) opened.open(false)
    answering.open()
    socket.destroy()
  }

  return {
    opened: opened.promise,
    answering: answering.promise,
    get isOpen() {
      return wasOpen && !isOver
    },
    send(request, parts = [request.head, request.body]) {
      const begun = recorder.beginRequest(record.id, request.label)
      return new Promise<Answer>((done) => {
        current = { request: begun, done }
        void opened.promise.then((isOpen) => {
          if (isOpen && !isOver) for (const part of parts) write(part)
          else settle('refused')
        })
      })
    },
    write,
    holdReading() {
      holds = true
    },
    resume() {
      holds = false
      socket.resume()
    },
    halfClose() {
      current?.request.settle('left')
      later(() => socket.end())
    },
    leave(how) {
      if (isOver) return
      settle('left')
      if (how === 'reset' && !target.isSecure) socket.resetAndDestroy()
      hangUp('client')
    },
  }

  function write(text: string): void {
    if (text === '' || isOver) return
    later(() => {
      if (socket.writable) socket.write(text, 'latin1')
    })
  }
}

/** A 503 too: most clients and proxies do not send it elsewhere, as they do after a refused connection. */
export function fateOf(status: number): Fate {
  return status < 500 ? 'answered' : 'failed'
}

/** Of a connection that was made: one that waited in the accept queue gets it instead of its `connect`. */
export function isReset({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE'
}

function connect(target: Target): Socket {
  const { address: host, port, url, isSecure, checksCertificate } = target
  // The writing side stays open after the service's FIN, as that of a client that has not heard of it.
  if (!isSecure) return connectPlain({ host, port, allowHalfOpen: true })
  const options = {
    host,
    port,
    ...serverName(url),
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: checksCertificate,
    allowHalfOpen: true,
  }
  return connectSecure(options)
}

/** An address is no server name; Node warns. */
export function serverName({ hostname }: URL): { servername?: string } {
  return /^[\d.]+$|:/.test(hostname) ? {} : { servername: hostname }
}

function latch<T>(): { promise: Promise<T>; open(value: T): void } {
  let open: (value: T) => void = () => {}
  const promise = new Promise<T>((resolve) => {
    open = resolve
  })
  return { promise, open }
}
