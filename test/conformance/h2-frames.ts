import type { Target } from './peer.ts'

export interface GoAway {
  readonly lastStreamId: number
  readonly code: number
  readonly debug: string
}

export interface FrameStream {
  readonly id: number
  readonly status: number | undefined
  readonly bytes: number
  readonly ended: boolean
  /** The code of the server's RST_STREAM. */
  readonly rstCode: number | undefined
}

/** HTTP/2, frame by frame, where numbers matter: last stream ids, error codes, windows, PINGs. */
export interface FrameClient {
  /** HEADERS; returns the stream id. `open`: no END_STREAM yet. */
  open(request?: { method?: string; path?: string; open?: boolean }): number
  data(id: number, chunk: string | Buffer, end?: boolean): void
  rst(id: number, code: number): void
  goaway(lastStreamId: number, code: number): void
  ping(): Promise<void>
  stream(id: number): FrameStream
  /** Resolves when the stream ended, was reset, or the connection is over. */
  settled(id: number): Promise<FrameStream>
  readonly goaways: readonly GoAway[]
  nextGoaway(): Promise<GoAway>
  /** Loses the connection by a TCP reset, or by FIN. */
  reset(): void
  fin(): void
  pause(): void
  resume(): void
  readonly closed: Promise<'fin' | 'reset'>
}

export interface FrameOptions {
  /** Stop widening flow-control windows: responses stall after 65,535 bytes. */
  readonly stingy?: boolean
  /** Do not answer PING. */
  readonly mute?: boolean
  /** Ignore the server's FIN: keep our half open. */
  readonly ignoreFin?: boolean
}

export declare function connectFrames(
  target: Target,
  options?: FrameOptions,
): Promise<FrameClient>
