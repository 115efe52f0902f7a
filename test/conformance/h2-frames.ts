import { createLatch, type Latch } from '../support/latch.ts'
import { endOf, openConnection } from './connection.ts'
import { type Field, joinFields } from './fields.ts'
import { createUploads } from './h2-upload.ts'
import * as wire from './h2-wire.ts'
import { decodeFields, encodeFields } from './hpack.ts'
import type { Target } from './peer.ts'

export interface GoAway {
  readonly lastStreamId: number
  readonly code: number
  readonly debug: string
}

/** What the server has done on a stream so far. */
export interface FrameStream {
  readonly id: number
  /** 0 until the response's HEADERS. */
  readonly status: number
  /** By name; repeated fields are joined by `', '`. */
  readonly headers: Readonly<Record<string, string>>
  /** The head as it came. */
  readonly fields: readonly Field[]
  readonly informational: readonly number[]
  readonly trailers: Readonly<Record<string, string>>
  readonly chunks: readonly Buffer[]
  /** Length of all chunks. */
  readonly bytes: number
  /** END_STREAM has arrived. */
  readonly ended: boolean
  /** The code of the server's RST_STREAM. */
  readonly rstCode: number | undefined
  /** How the connection ended, where the stream did not before. */
  readonly lost: 'fin' | 'reset' | undefined
}

export interface FrameRequest {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  /** No END_STREAM yet: `data` follows. */
  readonly open?: boolean
}

export interface FrameOptions {
  /** Never widens a flow-control window: responses stall after 65,535 bytes. */
  readonly stingy?: boolean
  /** Answers no PING before `pong()`. */
  readonly mute?: boolean
  /** Keeps our half open when the server has sent its FIN. */
  readonly ignoreFin?: boolean
}

/** HTTP/2 frame by frame: nothing is retried, hidden or tidied up. */
export interface FrameClient {
  /** Sends HEADERS and returns the stream's id. */
  open(request?: FrameRequest): number
  /** Sends DATA as far as the server's windows go, the rest when they widen. */
  data(id: number, chunk: string | Buffer, end?: boolean): void
  rst(id: number, code: number): void
  /** WINDOW_UPDATE; stream 0 is the connection. */
  widen(id: number, by: number): void
  goaway(lastStreamId: number, code: number): void
  /** Sends these bytes again and again, as fast as the connection takes them. Returns what stops it. */
  flood(frame: Buffer): () => void
  /** Resolves with the server's answer. */
  ping(): Promise<void>
  /** Answers the PINGs that a mute client has received so far; tells how many. */
  pong(): number
  stream(id: number): FrameStream
  /** Resolves with the final HEADERS, or with `settled`. */
  answered(id: number): Promise<FrameStream>
  /** Resolves once the response has ended or was reset, or the connection is over. */
  settled(id: number): Promise<FrameStream>
  readonly goaways: readonly GoAway[]
  /** The first GOAWAY, as soon as there is one. */
  readonly goneAway: Promise<GoAway>
  /** The server's FIN has arrived, or the connection is lost. */
  readonly ended: Promise<void>
  readonly closed: Promise<'fin' | 'reset'>
  reset(): void
  /** GOAWAY, then FIN. */
  fin(): void
  /** FIN without another word. */
  drop(): void
  pause(): void
  resume(): void
}

type StreamRecord = { -readonly [Key in keyof FrameStream]: FrameStream[Key] } & {
  informational: number[]
  chunks: Buffer[]
  answered: Latch<FrameStream>
  settled: Latch<FrameStream>
}

/** Frames at a time. */
const FLOOD = 1_000

export async function connectFrames(
  target: Target,
  { stingy = false, mute = false, ignoreFin = false }: FrameOptions = {},
): Promise<FrameClient> {
  const { raw, stream: socket, reset, closed } = await openConnection(target, 'h2')
  const streams = new Map<number, StreamRecord>()
  const goaways: GoAway[] = []
  const goneAway = createLatch<GoAway>()
  const ended = createLatch()
  const pings: Latch[] = []
  const unanswered: Buffer[] = []
  let nextId = 1

  const write = (type: number, flags: number, id: number, payload: Buffer = Buffer.alloc(0)) =>
    void socket.write(wire.encodeFrame(type, flags, id, payload))
  const uploads = createUploads((id, part, end) =>
    write(wire.DATA, end ? wire.END_STREAM : 0, id, part),
  )

  socket.on('data', wire.createFrameReader(receive))
  socket.on('end', () => {
    over('fin')
    if (!ignoreFin) socket.end()
  })
  void closed.then((how) => over(endOf(how)))
  socket.write(wire.PREFACE)
  write(wire.SETTINGS, 0, 0, wire.setting(wire.HEADER_TABLE_SIZE, 0))

  function over(how: 'fin' | 'reset') {
    ended.open()
    for (const stream of streams.values()) {
      if (!stream.ended && stream.rstCode === undefined) stream.lost ??= how
      settle(stream)
    }
  }

  function receive(frame: wire.Frame) {
    const stream = streams.get(frame.id)
    if (stream !== undefined) receiveOnStream(stream, frame)
    else receiveOnConnection(frame)
  }

  function receiveOnStream(stream: StreamRecord, { type, flags, id, payload }: wire.Frame) {
    switch (type) {
      case wire.HEADERS:
        readHeaders(stream, payload)
        break
      case wire.DATA:
        stream.chunks.push(payload)
        stream.bytes += payload.length
        if (!stingy && payload.length > 0) {
          write(wire.WINDOW_UPDATE, 0, 0, wire.uint32(payload.length))
          write(wire.WINDOW_UPDATE, 0, id, wire.uint32(payload.length))
        }
        break
      case wire.RST_STREAM:
        stream.rstCode = payload.readUInt32BE(0)
        return settle(stream)
      case wire.WINDOW_UPDATE:
        return uploads.widen(id, payload.readUInt32BE(0))
      default:
        return
    }
    if ((flags & wire.END_STREAM) === 0) return
    stream.ended = true
    setImmediate(settle, stream) // A reset may follow in the same packet.
  }

  function receiveOnConnection({ type, flags, payload }: wire.Frame) {
    switch (type) {
      case wire.SETTINGS:
        if ((flags & wire.ACK) !== 0) return
        for (const [name, value] of wire.readSettings(payload)) {
          if (name === wire.INITIAL_WINDOW_SIZE) uploads.resize(value)
        }
        write(wire.SETTINGS, wire.ACK, 0)
        return
      case wire.PING:
        if ((flags & wire.ACK) !== 0) pings.shift()?.open()
        else if (mute) unanswered.push(payload)
        else write(wire.PING, wire.ACK, 0, payload)
        return
      case wire.WINDOW_UPDATE:
        return uploads.widen(0, payload.readUInt32BE(0))
      case wire.GOAWAY:
        goaways.push(readGoAway(payload))
        goneAway.open(readGoAway(payload))
    }
  }

  function recordOf(id: number): StreamRecord {
    const stream = streams.get(id)
    if (stream === undefined) throw new Error(`stream ${id} was never opened`)
    return stream
  }

  return {
    goaways,
    goneAway: goneAway.opened,
    ended: ended.opened,
    closed: closed.then(endOf),
    reset,
    open({ method = 'GET', path = '/', headers = {}, open = false } = {}) {
      const id = nextId
      nextId += 2
      const stream = newStream(id)
      streams.set(id, stream)
      if (socket.destroyed) settle(stream)
      if (open) uploads.add(id)
      const fields = encodeFields([
        [':method', method],
        [':scheme', target.tls ? 'https' : 'http'],
        [':authority', 'localhost'],
        [':path', path],
        ...Object.entries(headers),
      ])
      write(wire.HEADERS, wire.END_HEADERS | (open ? 0 : wire.END_STREAM), id, fields)
      return id
    },
    data: (id, chunk, end = false) => uploads.write(id, Buffer.from(chunk), end),
    rst: (id, code) => write(wire.RST_STREAM, 0, id, wire.uint32(code)),
    widen: (id, by) => write(wire.WINDOW_UPDATE, 0, id, wire.uint32(by)),
    goaway: (lastStreamId, code) => write(wire.GOAWAY, 0, 0, wire.uint32(lastStreamId, code)),
    flood(frame) {
      const frames = Buffer.concat(Array<Buffer>(FLOOD).fill(frame))
      const flooding = setInterval(() => {
        if (!socket.writableNeedDrain && socket.writable) socket.write(frames)
      }, 1)
      void closed.then(() => clearInterval(flooding))
      return () => clearInterval(flooding)
    },
    ping() {
      const pong = createLatch()
      pings.push(pong)
      write(wire.PING, 0, 0, Buffer.alloc(8))
      return pong.opened
    },
    pong() {
      const answered = unanswered.splice(0)
      for (const payload of answered) write(wire.PING, wire.ACK, 0, payload)
      return answered.length
    },
    stream: recordOf,
    answered: (id) => recordOf(id).answered.opened,
    settled: (id) => recordOf(id).settled.opened,
    fin() {
      write(wire.GOAWAY, 0, 0, wire.uint32(0, 0))
      socket.end(() => raw.destroy())
    },
    drop: () => void raw.destroy(),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
  }
}

function newStream(id: number): StreamRecord {
  return {
    id,
    status: 0,
    headers: {},
    fields: [],
    informational: [],
    trailers: {},
    chunks: [],
    bytes: 0,
    ended: false,
    rstCode: undefined,
    lost: undefined,
    answered: createLatch<FrameStream>(),
    settled: createLatch<FrameStream>(),
  }
}

function readHeaders(stream: StreamRecord, block: Buffer): void {
  const fields = decodeFields(block)
  const { ':status': status, ...headers } = joinFields(fields)
  if (stream.status !== 0) {
    stream.trailers = headers
  } else if (Number(status) < 200) {
    stream.informational.push(Number(status))
  } else {
    stream.status = Number(status)
    stream.headers = headers
    stream.fields = fields
    stream.answered.open(stream)
  }
}

function settle(stream: StreamRecord): void {
  stream.settled.open(stream)
  stream.answered.open(stream)
}

function readGoAway(payload: Buffer): GoAway {
  return {
    lastStreamId: payload.readUInt32BE(0) & 0x7fffffff,
    code: payload.readUInt32BE(4),
    debug: payload.subarray(8).toString(),
  }
}
