import type { IncomingHttpHeaders } from 'node:http2'
import { type ClientHttp2Stream, connect, constants } from 'node:http2'
import { createLatch } from '../support/latch.ts'
import { endOf, openConnection } from './connection.ts'
import type { Peer, PeerRequest, Reply, ReplyHead, Sent, Target } from './peer.ts'

/** An HTTP/2 request on its way, with what only HTTP/2 can do to it. */
export interface Http2Sent extends Sent {
  rst(code: number): void
  /** Stops reading this stream only: its window closes. */
  pause(): void
  resume(): void
}

/** HTTP/2 by `node:http2`, over a socket of ours so that the session can be lost in any way. */
export interface Http2Client extends Peer {
  request(request?: PeerRequest): Http2Sent
  /** GOAWAY; with a code other than 0 it breaks the session. */
  goaway(code: number): void
}

export async function connectHttp2(target: Target): Promise<Http2Client> {
  const { raw, stream: socket, reset, closed } = await openConnection(target, 'h2')
  const session = connect(`${target.tls ? 'https' : 'http'}://localhost`, {
    createConnection: () => socket,
  })
  session.on('error', () => {})

  return {
    closed: closed.then(endOf),
    reset,
    request(request = {}) {
      const { method, path = '/', headers = {}, body, open = false } = request
      const bodiless = body === undefined && !open
      const stream = session.request(
        { ':method': method ?? (bodiless ? 'GET' : 'POST'), ':path': path, ...headers },
        { endStream: bodiless },
      )
      if (body !== undefined) stream.write(body)
      if (!bodiless && !open) stream.end()
      return {
        ...readReply(stream),
        write: (chunk) => void stream.write(chunk),
        end: (chunk) => void stream.end(chunk),
        rst: (code) => stream.close(code),
        pause: () => void stream.pause(),
        resume: () => void stream.resume(),
      }
    },
    goaway: (code) => session.goaway(code),
    fin() {
      socket.end(() => raw.destroy())
    },
    drop: () => void raw.destroy(),
    pause: () => void raw.pause(),
    resume: () => void raw.resume(),
  }
}

function readReply(stream: ClientHttp2Stream): Pick<Sent, 'head' | 'reply'> {
  const head = createLatch<ReplyHead | undefined>()
  const reply = createLatch<Reply>()
  const informational: number[] = []
  const chunks: Buffer[] = []
  let got: ReplyHead = { status: 0, headers: {}, informational }
  let trailers: Record<string, string> = {}
  let ended = false

  stream.on('headers', (fields) => informational.push(Number(fields[':status'])))
  stream.on('response', (fields) => {
    got = { status: Number(fields[':status']), headers: plain(fields), informational }
    head.open(got)
  })
  stream.on('trailers', (fields) => {
    trailers = plain(fields)
  })
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  stream.on('end', () => {
    ended = true
  })
  stream.on('error', () => {})
  stream.on('close', () => {
    const body = Buffer.concat(chunks)
    const code = stream.rstCode ?? constants.NGHTTP2_INTERNAL_ERROR
    const complete = ended && !stream.aborted && code === constants.NGHTTP2_NO_ERROR
    head.open(got.status === 0 ? undefined : got)
    reply.open({
      ...got,
      body,
      text: body.toString(),
      trailers,
      ...(complete && got.status !== 0
        ? { ending: 'complete' }
        : { ending: 'reset', code: nameOf(code) }),
    })
  })
  return { head: head.opened, reply: reply.opened }
}

function plain(fields: IncomingHttpHeaders): Record<string, string> {
  const pairs = Object.entries(fields).filter(([name]) => !name.startsWith(':'))
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]))
}

function nameOf(code: number): string {
  const found = Object.entries(constants).find(
    ([name, value]) => value === code && errorNames.test(name),
  )
  return found?.[0] ?? `code ${code}`
}

const errorNames =
  /^NGHTTP2_(NO_ERROR|PROTOCOL_ERROR|INTERNAL_ERROR|FLOW_CONTROL_ERROR|SETTINGS_TIMEOUT|STREAM_CLOSED|FRAME_SIZE_ERROR|REFUSED_STREAM|CANCEL|COMPRESSION_ERROR|CONNECT_ERROR|ENHANCE_YOUR_CALM|INADEQUATE_SECURITY|HTTP_1_1_REQUIRED)$/
