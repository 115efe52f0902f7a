import { type ClientHttp2Session, connect as connectHttp2, constants } from 'node:http2'
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectSecure } from 'node:tls'
import type { Recorder } from '../recorder.ts'
import type { Fate } from '../result.ts'
import type { Target } from './target.ts'
import { fateOf, isReset, serverName } from './wire.ts'

/** One HTTP/2 connection of a client: with prior knowledge on http, by ALPN on https. */
export interface Session {
  /** Resolves with true once the service's settings have come, with false where they never will. */
  readonly opened: Promise<boolean>
  /** Whether it takes new streams: not after a GOAWAY. */
  readonly isOpen: boolean
  /** GETs the path on a stream of its own. Resolves with its fate. */
  send(path?: string): Promise<Fate>
  leave(): void
}

export function openSession(target: Target, recorder: Recorder): Session {
  const record = recorder.openConnection()
  const socket = connect(target)
  let hasGone = false
  let wasAccepted = false

  socket.once('connect', () => {
    wasAccepted = true
  })
  // The socket's, since streams are told of it before the session is.
  socket.once('error', (error) => {
    wasAccepted ||= isReset(error)
    record.close(wasAccepted ? 'reset' : 'refused')
  })
  const session = connectHttp2(target.url.origin, { createConnection: () => socket })
  session.on('error', () => {})
  session.on('goaway', () => {
    hasGone = true
  })
  session.on('close', () => record.close('end'))

  const opened = new Promise<boolean>((resolve) => {
    session.once('remoteSettings', () => resolve(true))
    session.once('close', () => resolve(false))
  })

  return {
    opened,
    get isOpen() {
      return !hasGone && !session.closed && !session.destroyed
    },
    send(path = target.paths.work) {
      return openStream(session, target, path, recorder, record.id, () => wasAccepted)
    },
    leave() {
      record.close('client')
      session.destroy()
    },
  }
}

function openStream(
  session: ClientHttp2Session,
  { headers }: Target,
  path: string,
  recorder: Recorder,
  connection: number,
  wasAccepted: () => boolean,
): Promise<Fate> {
  const record = recorder.beginRequest(connection, `GET ${path}`)
  const own = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]))
  const stream = session.request({ 'user-agent': 'hangup-check', ...own, ':path': path })
  let status: number | undefined
  let bytesLeft = 0
  let hasEnded = false

  stream.on('error', () => {}) // The close that follows says it with its code.
  stream.on('response', (fields) => {
    recorder.noteBytes()
    status = fields[':status']
    bytesLeft = Number(fields['content-length'] ?? 0)
  })
  stream.on('data', (chunk: Buffer) => {
    recorder.noteBytes()
    bytesLeft -= chunk.length
  })
  stream.on('end', () => {
    hasEnded = true
  })
  return new Promise((resolve) => {
    stream.once('close', () => {
      const fate = fateOfStream()
      record.settle(fate, status)
      resolve(fate)
    })
  })

  function fateOfStream(): Fate {
    const { rstCode } = stream
    if (rstCode === constants.NGHTTP2_REFUSED_STREAM || !wasAccepted()) return 'refused'
    if (status === undefined) return 'lost'
    const isWhole = hasEnded && bytesLeft <= 0 && rstCode === constants.NGHTTP2_NO_ERROR
    return isWhole ? fateOf(status) : 'truncated'
  }
}

function connect({ address: host, port, url, isSecure, checksCertificate }: Target): Socket {
  if (!isSecure) return connectPlain({ host, port })
  return connectSecure({
    host,
    port,
    ...serverName(url),
    ALPNProtocols: ['h2'],
    rejectUnauthorized: checksCertificate,
  })
}
