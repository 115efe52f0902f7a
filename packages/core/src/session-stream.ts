import { Buffer } from 'node:buffer'
import { Duplex } from 'node:stream'
import { endAndLinger } from './linger.ts'
import type { Socket } from './node-types.ts'

/** GOAWAY with the last stream 2^31-1: no new streams, please, and nothing is refused yet (RFC 9113 §6.8). */
const NOTICE = Buffer.of(0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0)

/**
 * The socket of an HTTP/2 session, as the session gets it where a frame of ours is to stand among its own.
 * Node hands whole frames to a stream; a socket it writes to natively, past JavaScript, and a frame written
 * to that one aborts the process.
 */
export class SessionStream extends Duplex {
  private readonly socket: Socket
  private received: Buffer[] = []

  constructor(socket: Socket) {
    super({ allowHalfOpen: true })
    this.socket = socket
    socket.setNoDelay(true) // The session would set it, and cannot.
    socket.on('data', (chunk: Buffer) => {
      if (this.received.push(chunk) === 1) setImmediate(handOver, this)
    })
    socket.on('end', () => {
      this.handOver()
      this.push(null)
    })
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy())
  }

  /** Behind the frames given so far: what is behind it in the session comes behind it on the wire. */
  giveNotice(): void {
    if (this.socket.writable) this.socket.write(NOTICE)
  }

  /**
   * What came together goes in together: TLS gives it record by record, and a session that hears of each
   * widened window by itself fills it with a frame of its own, smaller and smaller.
   */
  handOver(): void {
    if (this.received.length === 0 || this.destroyed) return
    const chunks = this.received
    this.received = []
    if (!this.push(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))) this.socket.pause()
  }

  override _read(): void {
    this.socket.resume()
  }

  override _write(chunk: Buffer, _: BufferEncoding, callback: (error?: Error | null) => void) {
    this.socket.write(chunk, callback)
  }

  override _writev(chunks: { chunk: Buffer }[], callback: (error?: Error | null) => void) {
    this.socket.cork()
    for (const [index, { chunk }] of chunks.entries()) {
      this.socket.write(chunk, index === chunks.length - 1 ? callback : undefined)
    }
    this.socket.uncork()
  }

  override _final(callback: () => void) {
    this.socket.end(callback)
  }

  /** A reset would overtake the last GOAWAY where the client is still sending. */
  override _destroy(error: Error | null, callback: (error: Error | null) => void) {
    if (error === null) endAndLinger(this.socket)
    else this.socket.destroy()
    callback(error)
  }
}

function handOver(stream: SessionStream): void {
  stream.handOver()
}
