import { Readable } from 'node:stream'

const PIECES = 100
const PIECE = `${'x'.repeat(99)}\n`

/** What a page is written to. */
interface Sink {
  write(piece: string): unknown
  end(): unknown
}

/** A page as templates give it: 100 pieces, each in a turn of its own. */
export function writePage(sink: Sink, left = PIECES): void {
  if (left === 0) {
    sink.end()
    return
  }
  sink.write(PIECE)
  setImmediate(writePage, sink, left - 1)
}

/** The same for frameworks that take a stream. */
export function pageStream(): Readable {
  let left = PIECES
  return new Readable({
    read() {
      setImmediate(() => this.push(left-- > 0 ? PIECE : null))
    },
  })
}
