import { connect as connectTcp, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { waitFor } from '../support/wait-for.ts'
import type { Target } from './peer.ts'
import type { LostBy } from './reply-reader.ts'

/** A TCP connection that we own, and what to read and write: itself, or TLS on top of it. */
export interface Connection {
  readonly raw: Socket
  readonly stream: Duplex
  /** A TCP reset; under TLS nothing is said first. */
  reset(): void
  /** At `'end'`: what made the server's last response end there. */
  endedBy(): LostBy
  /** `code` is what the connection failed with: set where the server reset it. */
  readonly closed: Promise<LostBy>
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
  const endedBy = () => (isReset(raw, stream) ? { code: 'ECONNRESET' } : {})
  return { raw, stream, endedBy, closed, reset: () => void raw.resetAndDestroy() }
}

/** Under TLS either of the two may be the one that hears of a reset, and either may close first. */
async function closing(...sockets: Duplex[]): Promise<LostBy> {
  let failure: LostBy = {}
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

/**
 * Node 20 and 22 say `'end'` where a reset comes with the last bytes, in one poll. The kernel knows no
 * address any more of a peer that has reset the connection; nor of one where both have said FIN.
 */
function isReset(raw: Socket, stream: Duplex): boolean {
  const isTcp = raw.localAddress !== undefined
  return isTcp && !stream.writableEnded && raw.remoteAddress === undefined
}

export function endOf({ code }: LostBy): 'fin' | 'reset' {
  return code === undefined ? 'fin' : 'reset'
}

function opened(stream: Duplex, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once(event, resolve)
    stream.once('error', reject)
  })
}
