import type { Http2Session, OpenResponse, Request, Socket } from './node-types.ts'
import type { Outcome } from './outcome.ts'
import type { SessionStream } from './session-stream.ts'

/** What is followed on a connection, and told how it ended. */
export interface Watched {
  readonly req: Request
  readonly res: OpenResponse
  readonly obeysHalfClose: boolean
  readonly result: Outcome | undefined
  connection: Connection | undefined
  flushed(): void
  /** The client has shut its writing side. */
  endedByClient(): void
  clientLeft(cause: unknown): void
  closedHere(by: 'server' | 'drain', cause?: unknown): void
}

const connectionKey = Symbol.for('hangup.connection')

interface Known {
  [connectionKey]?: Connection
}

/** An idle connection keeps no list of its own: an array that was ever pushed to keeps 150 bytes. */
const NONE: readonly Watched[] = []

/** A TCP connection, and the exchanges that are open on it where it speaks HTTP/1. */
export class Connection {
  /** The socket that HTTP is spoken on: over TLS the TLS socket, once its handshake is over. */
  socket: Socket
  /** The TCP socket underneath, where it is known. */
  readonly tcp: Socket | undefined
  /** Where it speaks HTTP/2. */
  session: Http2Session | undefined = undefined
  /** What its session stands on, for a GOAWAY in two steps. */
  sessionStream: SessionStream | undefined = undefined
  /** When its client was told of the last GOAWAY that is to come. */
  noticedAt: number | undefined = undefined
  /** Oldest first: pipelining makes it more than one. */
  open: readonly Watched[] = NONE
  isUpgraded = false
  /** TLS: the handshake is not over yet. */
  isInHandshake = false
  /** Whether a request has ever come on it. */
  isUsed = false
  /** `bytesRead` when the last exchange was over: more than that is a request under way. */
  bytesReadWhenIdle = 0
  /** When its handshake or its last response in a drain was over, on the clock of `performance.now()`. */
  idleSince = 0
  /** When our FIN went out: what arrives later is discarded. */
  endedAt: number | undefined = undefined
  /** The response that tells the client of the close: the newest one whose head was not yet written. */
  lastExchange: Watched | undefined = undefined
  /** A response that failed behind others. */
  private cutAt: Watched | undefined = undefined
  /** What the socket failed with. Over TLS `socket.errored` does not always keep it. */
  failure: Error | undefined = undefined
  /** Bytes that were waiting in Node when the socket failed. */
  unsent = 0
  /** Told once its TCP socket has closed, and judged. */
  readonly closed: ((connection: Connection) => void) | undefined

  constructor(socket: Socket, closed?: (connection: Connection) => void) {
    this.closed = closed
    this.socket = socket
    this.tcp = 'encrypted' in socket ? undefined : socket
  }

  begin(exchange: Watched): void {
    this.isUsed = true
    this.open = this.open === NONE ? [exchange] : [...this.open, exchange]
  }

  forget(exchange: Watched): void {
    const { open } = this
    if (open.length === 1 && open[0] === exchange) this.open = NONE
    else if (open.includes(exchange)) this.open = open.filter((other) => other !== exchange)
  }

  /**
   * RST, so that neither a client nor a proxy takes what it has for the whole response. A TLS socket
   * cannot be reset itself: the one underneath is, where it is known. A Unix-domain socket has no RST.
   */
  reset(): void {
    const { tcp = this.socket } = this
    try {
      tcp.resetAndDestroy()
    } catch {
      tcp.destroy() // ERR_INVALID_HANDLE_TYPE
    }
  }

  /**
   * Makes sure that nobody takes this response for whole. Those before it, which are still on their
   * way, arrive first: behind them FIN is enough, since a pipelined response always says its length.
   */
  cut(exchange: Watched): void {
    if (this.open.indexOf(exchange) < 1) this.reset()
    else this.cutAt = exchange
  }

  cutIfNext(): void {
    if (this.cutAt !== undefined && this.open[0] === this.cutAt) this.socket.destroy()
  }

  destroy(): void {
    this.session?.destroy()
    this.socket.destroy()
    this.tcp?.destroy()
  }
}

/** The connection of a socket, or of an HTTP/2 session. */
export function knownConnection(carrier: object | undefined): Connection | undefined {
  return carrier === undefined ? undefined : (carrier as Known)[connectionKey]
}

export function markConnection(carrier: object, connection: Connection): void {
  const known: Known = carrier
  known[connectionKey] = connection
}
