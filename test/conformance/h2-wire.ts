/** The frames of HTTP/2 (RFC 9113 §4 and §6) as they stand on the wire. */
export interface Frame {
  readonly type: number
  readonly flags: number
  readonly id: number
  readonly payload: Buffer
}

export const DATA = 0
export const HEADERS = 1
export const RST_STREAM = 3
export const SETTINGS = 4
export const PING = 6
export const GOAWAY = 7
export const WINDOW_UPDATE = 8

export const END_STREAM = 1
export const ACK = 1
export const END_HEADERS = 4

export const HEADER_TABLE_SIZE = 1
export const INITIAL_WINDOW_SIZE = 4

export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

export function encodeFrame(type: number, flags: number, id: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(id, 5)
  return Buffer.concat([head, payload])
}

/** Gives each whole frame in what is pushed, in order. */
export function createFrameReader(receive: (frame: Frame) => void): (chunk: Buffer) => void {
  let held: Buffer = Buffer.alloc(0)
  return (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    while (held.length >= 9) {
      const end = 9 + held.readUIntBE(0, 3)
      if (held.length < end) return
      const [type, flags] = [held.readUInt8(3), held.readUInt8(4)]
      const id = held.readUInt32BE(5) & 0x7fffffff
      const payload = held.subarray(9, end)
      held = held.subarray(end)
      receive({ type, flags, id, payload })
    }
  }
}

export function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index)
  return bytes
}

export function setting(name: number, value: number): Buffer {
  return Buffer.concat([Buffer.of(0, name), uint32(value)])
}

/** Pairs of name and value. */
export function* readSettings(payload: Buffer): Generator<[name: number, value: number]> {
  for (let at = 0; at < payload.length; at += 6) {
    yield [payload.readUInt16BE(at), payload.readUInt32BE(at + 2)]
  }
}
