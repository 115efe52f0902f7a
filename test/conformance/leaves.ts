import { constants } from 'node:http2'
import type { Host } from '../hosts/host.ts'
import type { Peer, Sent } from './peer.ts'

/** A way for a client to leave before it has its response. */
export interface Leave {
  readonly name: string
  go(peer: Peer, sent: Sent): unknown
}

const reset: Leave = { name: 'a TCP reset', go: (peer) => peer.reset() }
const fin: Leave = { name: 'FIN', go: (peer) => peer.fin() }
const closeNotify: Leave = { name: 'close_notify and FIN', go: (peer) => peer.fin() }
const bareFin: Leave = { name: 'FIN without close_notify', go: (peer) => peer.drop() }

// A turn later: what a session that is lost within the server's own turn does is a row of its own (A5).
const resetSession: Leave = { name: 'a TCP reset', go: (peer) => setImmediate(peer.reset) }
const dropSession: Leave = { name: 'FIN without GOAWAY', go: (peer) => setImmediate(peer.drop) }

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR, NGHTTP2_INTERNAL_ERROR, NGHTTP2_REFUSED_STREAM } =
  constants

/** Every code is a departure: NO_ERROR and CANCEL raise no error in Node, the others do. */
export const rstCodes = {
  CANCEL: NGHTTP2_CANCEL,
  NO_ERROR: NGHTTP2_NO_ERROR,
  INTERNAL_ERROR: NGHTTP2_INTERNAL_ERROR,
  REFUSED_STREAM: NGHTTP2_REFUSED_STREAM,
} as const

export function rstStream(name: keyof typeof rstCodes): Leave {
  return { name: `RST_STREAM ${name}`, go: (_, sent) => sent.rst?.(rstCodes[name]) }
}

export function leavesOf({ speaks, tls }: Host): readonly Leave[] {
  if (speaks === 'h2')
    return [rstStream('CANCEL'), rstStream('NO_ERROR'), resetSession, dropSession]
  return tls ? [reset, closeNotify, bareFin] : [reset, fin]
}

/** The most sudden one, for rows where the way does not matter. */
export function suddenLeave({ speaks }: Host): Leave {
  return speaks === 'h2' ? rstStream('CANCEL') : reset
}
