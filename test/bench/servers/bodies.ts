import { type EventEmitter, once } from 'node:events'
import { createReadStream, type ReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { LARGE_FILE } from '../large-file.ts'
import { isJoined } from './measured.ts'

const PIECES = 100
const PIECE = `${'x'.repeat(99)}\n`

export const LARGE = Buffer.alloc(1 << 20, 'x')

const STREAM_PIECES = 1_600
const STREAM_PIECE = Buffer.alloc(65_536, 'x')

/** What a page is written to. */
interface Sink {
  write(piece: string | Buffer): unknown
  end(whole?: string): unknown
}

/** A page as templates give it: 100 pieces, each in a turn of its own. */
export function writeSpaced(sink: Sink): void {
  writeRest(isJoined ? join(sink) : sink, PIECES)
}

function writeRest(sink: Sink, left: number): void {
  if (left === 0) {
    sink.end()
    return
  }
  sink.write(PIECE)
  setImmediate(writeRest, sink, left - 1)
}

function join(sink: Sink): Sink {
  let page = ''
  return {
    write(piece) {
      page += piece
    },
    end: () => sink.end(page),
  }
}

/** The same, for a framework that asks whether the response has ended once its handler has. */
export async function writeSpacedWhole(res: Sink & EventEmitter): Promise<void> {
  const finished = once(res, 'finish')
  writeSpaced(res)
  await finished
}

/** The same for frameworks that take a stream, or a text. */
export function spacedBody(): Readable | Promise<string> {
  return isJoined ? spacedText() : spacedStream()
}

function spacedText(): Promise<string> {
  return new Promise((resolve) => writeSpaced({ write() {}, end: (page = '') => resolve(page) }))
}

function spacedStream(): Readable {
  let left = PIECES
  return new Readable({
    read() {
      setImmediate(() => this.push(left-- > 0 ? PIECE : null))
    },
  })
}

/** 100 pieces in one turn. */
export function writePage(sink: Sink): void {
  for (let left = PIECES; left > 0; left--) sink.write(PIECE)
  sink.end()
}

export function pageStream(): Readable {
  let left = PIECES
  return new Readable({
    read() {
      this.push(left-- > 0 ? PIECE : null)
    },
  })
}

/** 100 MiB, as fast as they are taken. */
export function longStream(): Readable {
  let left = STREAM_PIECES
  return new Readable({
    highWaterMark: STREAM_PIECE.length,
    read() {
      this.push(left-- > 0 ? STREAM_PIECE : null)
    },
  })
}

export function largeFile(): ReadStream {
  return createReadStream(LARGE_FILE)
}

/** As many bytes by writes, each as soon as the last ones have been taken. */
export async function writeLarge(res: Sink & EventEmitter): Promise<void> {
  const { size } = await stat(LARGE_FILE)
  for (let left = size / STREAM_PIECE.length; left > 0; left--) {
    if (!res.write(STREAM_PIECE)) await once(res, 'drain')
  }
  res.end()
}
