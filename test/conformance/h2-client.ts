import { constants } from 'node:http2'
import { connectFrames, type FrameClient, type FrameStream } from './h2-frames.ts'
import type { Peer, PeerRequest, Reply, ReplyHead, Sent, Target } from './peer.ts'

/** An HTTP/2 request on its way. */
export interface Http2Sent extends Sent {
  readonly id: number
  rst(code: number): void
}

/** HTTP/2 in the words of a `Peer`; `frames` is the same connection in those of frames. */
export interface Http2Client extends Peer {
  readonly frames: FrameClient
  request(request?: PeerRequest): Http2Sent
  /** GOAWAY; with a code other than 0 it breaks the session. */
  goaway(code: number): void
}

export async function connectHttp2(target: Target): Promise<Http2Client> {
  const frames = await connectFrames(target)
  const { closed, reset, fin, drop, pause, resume } = frames
  return {
    frames,
    closed,
    reset,
    fin,
    drop,
    pause,
    resume,
    goaway: (code) => frames.goaway(0, code),
    request({ method, path = '/', headers = {}, body, open = false } = {}) {
      const hasBody = body !== undefined || open
      const verb = method ?? (hasBody ? 'POST' : 'GET')
      const id = frames.open({ method: verb, path, headers, open: hasBody })
      if (body !== undefined) frames.data(id, body, !open)
      return {
        id,
        head: frames.answered(id).then(headOf),
        reply: frames.settled(id).then(replyOf),
        write: (chunk) => frames.data(id, chunk),
        end: (chunk = '') => frames.data(id, chunk, true),
        rst: (code) => frames.rst(id, code),
      }
    },
  }
}

function headOf(stream: FrameStream): ReplyHead | undefined {
  const { status, headers, informational } = stream
  return status === 0 ? undefined : { status, headers, lines: linesOf(stream), informational }
}

function linesOf({ fields }: FrameStream): string[] {
  return fields.map(([name, value]) => `${name}: ${value}`)
}

/**
 * Whole is what has END_STREAM. A reset without one, even with NO_ERROR, and a lost session are not; nor
 * is a reset behind it, for clients that take the stream's error code for the last word.
 */
function replyOf(stream: FrameStream): Reply {
  const { status, headers, informational, trailers } = stream
  const body = Buffer.concat(stream.chunks)
  return {
    status,
    headers,
    lines: linesOf(stream),
    informational,
    body,
    text: body.toString(),
    trailers,
    ...endingOf(stream),
  }
}

function endingOf({ ended, rstCode, lost }: FrameStream): Pick<Reply, 'ending' | 'code'> {
  if (ended && !rstCode) return { ending: 'complete' }
  if (rstCode !== undefined) return { ending: 'reset', code: nameOf(rstCode) }
  return { ending: lost === 'reset' ? 'reset' : 'cut' }
}

/** `NGHTTP2_CANCEL` and its like: the first of Node's constants are the error codes. */
function nameOf(code: number): string {
  const name = Object.entries(constants).find(
    ([key, value]) => value === code && isErrorCode.test(key),
  )?.[0]
  return name ?? `code ${code}`
}

const isErrorCode =
  /^NGHTTP2_(NO|PROTOCOL|INTERNAL|FLOW_CONTROL|FRAME_SIZE|COMPRESSION|CONNECT)_ERROR$|^NGHTTP2_(CANCEL|REFUSED_STREAM|STREAM_CLOSED|ENHANCE_YOUR_CALM|HTTP_1_1_REQUIRED)$/
