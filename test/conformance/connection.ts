import { connect as connectTcp, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { waitFor } from '../support/wait-for.ts'
import type { Target } from './peer.ts'

/** A TCP connection that we own, and what to read and write: itself, or TLS on top of it. */
export interface Connection {
  readonly raw: Socket
  readonly stream: Duplex
  /** A TCP reset; under TLS nothing is said first. */
  reset(): void
  /** `code` is what the connection failed with: set where the server reset it. */
  readonly closed: Promise<{ code?: string }>
}

export async function openConnection(
  { port, tls }: Target,
  alpn: 'http/1.1' | 'h2',
): Promise<Connection> {
  const address = typeof port === 'string' ? { path: port } : { port, host: '127.0.0.1' }
  const raw = connectTcp({ ...address, noDelay: true, allowHalfOpen: true })
  await waitFor('a connection', opened(raw, 'connect'))
  const stream: Duplex = tls
    ? connectTls({ socket: raw, ALPNProtocols: [alpn], rejectUnauthorized: false })
    : raw
  if (tls) await waitFor('a TLS handshake', opened(stream, 'secureConnect'))
  const closed = closing(stream, raw)
  return { raw, stream, closed, reset: () => void raw.resetAndDestroy() }
}

/** Under TLS either of the two may be the one that hears of a reset, and either may close first. */
async function closing(...sockets: Duplex[]): Promise<{ code?: string }> {
  let failure: { code?: string } = {}
  await Promise.all(
    sockets.map((socket) => {
      socket.on('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
        failure = { code }
      })
      return new Promise((resolve) => socket.once('close', resolve))
    }),
  )
  return failure
}

export function endOf({ code }: { code?: string }): 'fin' | 'reset' {
  return code === undefined ? 'fin' : 'reset'
}

function opened(stream: Duplex, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once(event, resolve)
    stream.once('error', reject)
  })
}
