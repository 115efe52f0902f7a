import { createLatch, type Latch } from '../support/latch.ts'
import { endOf, openConnection } from './connection.ts'
import { decodeStatus, encodeRequest } from './hpack.ts'
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
  readonly bytes: number
  /** END_STREAM has arrived. */
  readonly ended: boolean
  /** The code of the server's RST_STREAM. */
  readonly rstCode: number | undefined
}

export interface FrameOptions {
  /** Never widens a flow-control window: responses stall after 65,535 bytes. */
  readonly stingy?: boolean
  /** Answers no PING. */
  readonly mute?: boolean
  /** Keeps our half open when the server has sent its FIN. */
  readonly ignoreFin?: boolean
}

/** HTTP/2 frame by frame, for rows about last stream ids, error codes, windows and PINGs. */
export interface FrameClient {
  /** Sends HEADERS and returns the stream's id. With `open` the request goes on. */
  open(request?: { method?: string; path?: string; open?: boolean }): number
  data(id: number, chunk: string | Buffer, end?: boolean): void
  rst(id: number, code: number): void
  goaway(lastStreamId: number, code: number): void
  /** Resolves with the server's answer. */
  ping(): Promise<void>
  stream(id: number): FrameStream
  /** Resolves once the response has ended or was reset, or the connection is over. */
  settled(id: number): Promise<FrameStream>
  readonly goaways: readonly GoAway[]
  /** The first GOAWAY, as soon as there is one. */
  readonly goneAway: Promise<GoAway>
  /** The server's FIN has arrived, or the connection is lost. */
  readonly ended: Promise<void>
  readonly closed: Promise<'fin' | 'reset'>
  reset(): void
  fin(): void
  pause(): void
  resume(): void
}

const DATA = 0
const HEADERS = 1
const RST_STREAM = 3
const SETTINGS = 4
const PING = 6
const GOAWAY = 7
const WINDOW_UPDATE = 8

const END_STREAM = 1
const ACK = 1
const END_HEADERS = 4

interface Frame {
  type: number
  flags: number
  id: number
  payload: Buffer
}

type StreamRecord = { -readonly [Key in keyof FrameStream]: FrameStream[Key] } & {
  settled: Latch<FrameStream>
}

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
  let nextId = 1
  let held: Buffer = Buffer.alloc(0)

  const write = (type: number, flags: number, id: number, payload?: Buffer) =>
    void socket.write(encodeFrame({ type, flags, id, payload: payload ?? Buffer.alloc(0) }))

  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    for (let frame = takeFrame(); frame !== undefined; frame = takeFrame()) receive(frame)
  })
  socket.on('end', () => {
    over()
    if (!ignoreFin) socket.end()
  })
  socket.on('close', over)
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
  write(SETTINGS, 0, 0)

  function over() {
    ended.open()
    for (const stream of streams.values()) stream.settled.open(stream)
  }

  function takeFrame(): Frame | undefined {
    if (held.length < 9) return undefined
    const end = 9 + held.readUIntBE(0, 3)
    if (held.length < end) return undefined
    const frame = {
      type: held.readUInt8(3),
      flags: held.readUInt8(4),
      id: held.readUInt32BE(5) & 0x7fffffff,
      payload: held.subarray(9, end),
    }
    held = held.subarray(end)
    return frame
  }

  function receive({ type, flags, id, payload }: Frame) {
    const stream = streams.get(id)
    switch (type) {
      case HEADERS:
        if (stream) stream.status ||= decodeStatus(payload)
        break
      case DATA:
        if (stream) stream.bytes += payload.length
        if (!stingy && payload.length > 0) {
          write(WINDOW_UPDATE, 0, 0, uint32(payload.length))
          write(WINDOW_UPDATE, 0, id, uint32(payload.length))
        }
        break
      case RST_STREAM:
        if (stream) {
          stream.rstCode = payload.readUInt32BE(0)
          stream.settled.open(stream)
        }
        return
      case SETTINGS:
        if ((flags & ACK) === 0) write(SETTINGS, ACK, 0)
        return
      case PING:
        if ((flags & ACK) !== 0) pings.shift()?.open()
        else if (!mute) write(PING, ACK, 0, payload)
        return
      case GOAWAY: {
        const goaway = {
          lastStreamId: payload.readUInt32BE(0) & 0x7fffffff,
          code: payload.readUInt32BE(4),
          debug: payload.subarray(8).toString(),
        }
        goaways.push(goaway)
        goneAway.open(goaway)
        return
      }
    }
    if (stream && (type === HEADERS || type === DATA) && (flags & END_STREAM) !== 0) {
      stream.ended = true
      stream.settled.open(stream)
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
    open({ method = 'GET', path = '/', open = false } = {}) {
      const id = nextId
      nextId += 2
      const settled = createLatch<FrameStream>()
      streams.set(id, { id, status: 0, bytes: 0, ended: false, rstCode: undefined, settled })
      const flags = END_HEADERS | (open ? 0 : END_STREAM)
      write(HEADERS, flags, id, encodeRequest(method, path, target.tls ? 'https' : 'http'))
      return id
    },
    data: (id, chunk, end = false) => write(DATA, end ? END_STREAM : 0, id, Buffer.from(chunk)),
    rst: (id, code) => write(RST_STREAM, 0, id, uint32(code)),
    goaway: (lastStreamId, code) => write(GOAWAY, 0, 0, uint32(lastStreamId, code)),
    ping() {
      const pong = createLatch()
      pings.push(pong)
      write(PING, 0, 0, Buffer.alloc(8))
      return pong.opened
    },
    stream: recordOf,
    settled: (id) => recordOf(id).settled.opened,
    fin() {
      socket.end(() => raw.destroy())
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
  }
}

function encodeFrame({ type, flags, id, payload }: Frame): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(id, 5)
  return Buffer.concat([head, payload])
}

function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index)
  return bytes
}
