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

const rstCodes = {
  CANCEL: constants.NGHTTP2_CANCEL,
  NO_ERROR: constants.NGHTTP2_NO_ERROR,
} as const

function rstStream(name: keyof typeof rstCodes): Leave {
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
