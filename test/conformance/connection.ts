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
  readonly closed: Promise<'fin' | 'reset'>
}

export async function openConnection(
  { port, tls }: Target,
  alpn: 'http/1.1' | 'h2',
): Promise<Connection> {
  const raw = connectTcp({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
  const closed = new Promise<'fin' | 'reset'>((resolve) => {
    raw.on('error', () => {})
    raw.on('close', (failed) => resolve(failed ? 'reset' : 'fin'))
  })
  await waitFor('a TCP connection', opened(raw, 'connect'))
  const stream: Duplex = tls
    ? connectTls({ socket: raw, ALPNProtocols: [alpn], rejectUnauthorized: false })
    : raw
  if (tls) await waitFor('a TLS handshake', opened(stream, 'secureConnect'))
  stream.on('error', () => {})
  return { raw, stream, closed, reset: () => void raw.resetAndDestroy() }
}

function opened(stream: Duplex, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once(event, resolve)
    stream.once('error', reject)
  })
}
