import type { Http2Session, OpenResponse, Request, Socket } from './node-types.ts'
import type { Ending } from './outcome.ts'
import type { SessionStream } from './session-stream.ts'

/** What is followed on a connection, and told how it ended. */
export interface Watched {
  readonly req: Request
  readonly res: OpenResponse
  readonly obeysHalfClose: boolean
  readonly ended: Ending | undefined
  connection: Connection | undefined
  /** The one behind it on its connection: pipelining. */
  behind: Watched | undefined
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
  /** When its client was given notice of a GOAWAY: the first of two steps. */
  noticedAt: number | undefined = undefined
  /** Of the open exchanges, of which pipelining makes more than one, in a list without an array of its own. */
  oldest: Watched | undefined = undefined
  private newest: Watched | undefined = undefined
  isUpgraded = false
  /** TLS: the handshake is not over yet. */
  isInHandshake = false
  /** Whether a request has ever come on it; of HTTP/1 in a drain, since the listeners shut. */
  isUsed = false
  /** `bytesRead` when the last exchange was over: more than that is a request under way. */
  bytesReadWhenIdle = 0
  /** When its handshake or its last response in a drain was over, on the clock of `performance.now()`. */
  idleSince = 0
  /** When our FIN went out: what arrives later is discarded. */
  endedAt: number | undefined = undefined
  /** The response that tells the client of the close: the newest one whose head was not yet written. */
  lastExchange: Watched | undefined = undefined
  /** The first of those responses that failed behind others. */
  private cutAt: Watched | undefined = undefined
  /** What the socket failed with. Over TLS `socket.errored` does not always keep it. */
  failure: Error | undefined = undefined
  /** Bytes that were waiting in Node when the socket failed. */
  unsent = 0
  /** Told once its TCP socket has closed, and judged. */
  closed: ((connection: Connection) => void) | undefined = undefined

  constructor(socket: Socket) {
    this.socket = socket
    this.tcp = 'encrypted' in socket ? undefined : socket
  }

  begin(exchange: Watched): void {
    this.isUsed = true
    if (this.newest === undefined) this.oldest = exchange
    else this.newest.behind = exchange
    this.newest = exchange
  }

  /** Answers come in order, so it is nearly always the oldest. */
  forget(exchange: Watched): void {
    if (exchange === this.oldest) this.oldest = exchange.behind
    else {
      const before = this.open().find(({ behind }) => behind === exchange)
      if (before === undefined) return
      before.behind = exchange.behind
      if (exchange === this.newest) this.newest = before
    }
    exchange.behind = undefined
    if (this.oldest === undefined) this.newest = undefined
  }

  /** The open exchanges as they are now, oldest first. */
  open(): Watched[] {
    const all: Watched[] = []
    for (let next = this.oldest; next !== undefined; next = next.behind) all.push(next)
    return all
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
    const open = this.open()
    const place = open.indexOf(exchange)
    if (place < 1) this.reset()
    else if (this.cutAt === undefined || place < open.indexOf(this.cutAt)) this.cutAt = exchange
  }

  cutIfNext(): void {
    if (this.cutAt !== undefined && this.oldest === this.cutAt) this.socket.destroy()
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
