import { Buffer } from 'node:buffer'

/** UTF-8 takes at most this many bytes for one of a string's UTF-16 code units. */
const MOST_BYTES = 3

/** Room for bytes, once there is more than one piece of them. */
const ROOM = 4_096

/** A response's body while it is held. */
export class HeldBody {
  /** UTF-8, all of it behind `bytes`. One string: to join a list of them at the end costs twice as much. */
  private text = ''
  /** Bytes of the text, or what they may be at most until they have been counted. */
  private textSize = 0
  private isExact = false
  /**
   * What stands before it, where something else than UTF-8 text has been written, and room for more: to keep
   * a copy of each piece and to join them costs three times as much.
   */
  private bytes: Buffer | undefined = undefined
  private used = 0

  add(data: string | Uint8Array, encoding: BufferEncoding): void {
    if (typeof data !== 'string') {
      this.addBytes(data)
    } else if (isUtf8(encoding)) {
      this.addText(data)
    } else {
      this.moveText()
      this.encode(data, encoding)
    }
  }

  /** Counts only where what it may be at most does not tell. */
  isLargerThan(bytes: number): boolean {
    if (this.used + this.textSize <= bytes) return false
    if (!this.isExact) this.textSize = Buffer.byteLength(this.text)
    this.isExact = true
    return this.used + this.textSize > bytes
  }

  /** All of it: text is UTF-8, which Node sends in one piece with the head. */
  join(): string | Uint8Array {
    if (this.bytes === undefined) return this.text
    this.moveText()
    return this.bytes.subarray(0, this.used)
  }

  private addText(text: string): void {
    this.text += text
    this.textSize += this.isExact ? Buffer.byteLength(text) : text.length * MOST_BYTES
  }

  /** A copy: whoever is told that the kernel has it, by `true` or by the callback, may use its memory again. */
  private addBytes(data: Uint8Array): void {
    this.moveText()
    this.roomFor(data.byteLength).set(data, this.used)
    this.used += data.byteLength
  }

  /** Text as bytes, so that bytes can come behind it. */
  private moveText(): void {
    const { text } = this
    if (text === '') return
    this.text = ''
    this.textSize = 0
    this.encode(text, 'utf8')
  }

  private encode(text: string, encoding: BufferEncoding): void {
    const room = this.roomFor(Buffer.byteLength(text, encoding))
    this.used += room.write(text, this.used, encoding)
  }

  /** Twice as much each time, so that all that is ever moved is no more than what there is. */
  private roomFor(size: number): Buffer {
    const { bytes, used } = this
    const needed = used + size
    if (bytes !== undefined && needed <= bytes.byteLength) return bytes
    const grown = Buffer.allocUnsafe(
      bytes === undefined ? needed : Math.max(needed, bytes.byteLength * 2, ROOM),
    )
    if (bytes !== undefined) grown.set(bytes.subarray(0, used))
    this.bytes = grown
    return grown
  }
}

function isUtf8(encoding: BufferEncoding): boolean {
  return encoding === 'utf8' || encoding === 'utf-8'
}
