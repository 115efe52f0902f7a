/** How a response ended, as the client saw it. `'fin'`: no framing, the end of the connection ended it. */
export type Ending = 'complete' | 'fin' | 'cut' | 'reset'

export interface ReplyHead {
  readonly status: number
  /** By lower-case name; repeated fields are joined by `', '`. */
  readonly headers: Readonly<Record<string, string>>
  /** The head as it came: HTTP/1's status line or HTTP/2's `:status`, then each field, in order. */
  readonly lines: readonly string[]
  /** Status codes of the informational responses before it. */
  readonly informational: readonly number[]
}

export interface Reply extends ReplyHead {
  /** What arrived of the body, also where it was cut. */
  readonly body: Buffer
  readonly text: string
  readonly trailers: Readonly<Record<string, string>>
  readonly ending: Ending
  /** What the connection or the stream said: `ECONNRESET`, `NGHTTP2_CANCEL` … */
  readonly code?: string
}

export interface PeerRequest {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** Of HTTP/1. Default: `'1.1'`. */
  readonly version?: '1.0' | '1.1'
  /** The body goes on after this: `write` and `end` of what was sent follow. */
  readonly open?: boolean
}

/** A request on its way. Its promises never reject: a lost connection is an `ending`. */
export interface Sent {
  /** Undefined where the connection was lost before any head arrived. */
  readonly head: Promise<ReplyHead | undefined>
  /** Status 0 where no head arrived. */
  readonly reply: Promise<Reply>
  write(chunk: string | Buffer): void
  end(chunk?: string | Buffer): void
  /** HTTP/2 only: RST_STREAM with this code. */
  rst?(code: number): void
}

/** One client connection, in the words that HTTP/1 and HTTP/2 share. */
export interface Peer {
  request(request?: PeerRequest): Sent
  /** Loses the connection by a TCP reset. */
  reset(): void
  /** Leaves in order, and reads no more: close_notify where there is TLS, then FIN. */
  fin(): void
  /** Leaves by FIN without another word: no close_notify, no GOAWAY. */
  drop(): void
  /** Stops reading from the connection: the server's writes fill up. */
  pause(): void
  resume(): void
  /** How the connection ended; `'fin'` when the server closed it in order. */
  readonly closed: Promise<'fin' | 'reset'>
}

export interface Target {
  /** On 127.0.0.1, or the path of a Unix-domain socket. */
  readonly port: number | string
  readonly tls: boolean
}
