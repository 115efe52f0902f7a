import type { Peer, Sent, Target } from './peer.ts'

/** An HTTP/2 request on its way, with what only HTTP/2 can do to it. */
export interface Http2Sent extends Sent {
  /** RST_STREAM with this code. */
  rst(code: number): void
}

/** HTTP/2 for rows that only need requests and ways to leave (node:http2 over a socket of ours). */
export interface Http2Client extends Peer {
  request(...args: Parameters<Peer['request']>): Http2Sent
  goaway(code: number): void
}

export declare function connectHttp2(target: Target): Promise<Http2Client>
