import { Buffer } from 'node:buffer'

/** UTF-8 takes at most this many bytes for one of a string's UTF-16 code units. */
const MOST_BYTES = 3

/** A response's body while it is held. */
export class HeldBody {
  /** UTF-8, all of it behind `before`. One string: to join a list of them at the end costs twice as much. */
  private text = ''
  /** What stands before it, where something else than UTF-8 text has been written. */
  private before: Uint8Array[] | undefined = undefined
  private size = 0
  private isExact = false

  add(data: string | Uint8Array, encoding: BufferEncoding): void {
    if (typeof data === 'string' && isUtf8(encoding)) {
      this.text += data
      this.size += this.isExact ? Buffer.byteLength(data) : data.length * MOST_BYTES
    } else {
      // Whoever is told that the kernel has it, by `true` or by the callback, may use its memory again.
      const bytes = typeof data === 'string' ? Buffer.from(data, encoding) : Buffer.from(data)
      this.pieces().push(bytes)
      this.size += bytes.byteLength
    }
  }

  /** Counts only where what it may be at most does not tell. */
  isLargerThan(bytes: number): boolean {
    if (this.size <= bytes) return false
    if (!this.isExact) this.count()
    return this.size > bytes
  }

  /** All of it: text is UTF-8, which Node sends in one piece with the head. */
  join(): string | Uint8Array {
    if (this.before === undefined) return this.text
    const [first, ...others] = this.pieces()
    return first !== undefined && others.length === 0 ? first : Buffer.concat(this.before)
  }

  /** All of it as bytes, so that bytes can come behind it. */
  private pieces(): Uint8Array[] {
    this.before ??= []
    if (this.text !== '') this.before.push(Buffer.from(this.text))
    this.text = ''
    return this.before
  }

  private count(): void {
    this.isExact = true
    this.size = Buffer.byteLength(this.text)
    for (const { byteLength } of this.before ?? []) this.size += byteLength
  }
}

function isUtf8(encoding: BufferEncoding): boolean {
  return encoding === 'utf8' || encoding === 'utf-8'
}
