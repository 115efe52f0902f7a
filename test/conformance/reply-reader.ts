import { type Field, joinFields } from './fields.ts'
import type { Ending, Reply, ReplyHead } from './peer.ts'

/** Parses what arrives on one HTTP/1 connection into replies. */
export interface ReplyReader {
  push(chunk: Buffer): void
  /** The connection is over: whatever is being read ends as that makes it end. */
  over(how: LostBy): void
  /** Bytes that no reply was made of yet. */
  readonly held: number
}

/** With a code, by a reset; without one, by FIN. */
export interface LostBy {
  readonly code?: string
}

/** Whom a reply belongs to. `method` decides whether it has a body. */
export interface ReplySink {
  readonly method: string
  onHead(head: ReplyHead): void
  onReply(reply: Reply): void
}

type Framing =
  | { kind: 'length'; left: number }
  | { kind: 'chunk'; left: number }
  | { kind: 'chunk-head' | 'chunk-end' | 'trailers' | 'until-fin' }

interface Reading {
  head: ReplyHead
  sink: ReplySink
  framing: Framing
  body: Buffer[]
}

/** `next` gives the sink of the oldest request that has no reply yet. */
export function createReplyReader(next: () => ReplySink | undefined): ReplyReader {
  let held: Buffer = Buffer.alloc(0)
  let informational: number[] = []
  let reading: Reading | undefined

  return {
    push(chunk) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      while (reading === undefined ? readHead() : readBody(reading));
    },
    over(how) {
      if (reading === undefined) return
      const byFin = reading.framing.kind === 'until-fin' ? 'fin' : 'cut'
      finish(reading, how.code === undefined ? byFin : 'reset', {}, how)
    },
    get held() {
      return held.length
    },
  }

  function readHead(): boolean {
    const end = held.indexOf('\r\n\r\n')
    if (end < 0) return false
    const [statusLine = '', ...lines] = take(end + 4)
      .toString('latin1')
      .trimEnd()
      .split('\r\n')
    const status = Number(statusLine.split(' ')[1])
    if (status < 200 && status !== 101) {
      informational.push(status)
      return true
    }
    const sink = next()
    if (sink === undefined) throw new Error(`a reply that nobody asked for: ${statusLine}`)
    const head = {
      status,
      headers: parseFields(lines),
      lines: [statusLine, ...lines],
      informational,
    }
    informational = []
    reading = { head, sink, framing: framingOf(head, sink.method), body: [] }
    sink.onHead(head)
    return true
  }

  /** True while there may be more to read in what is held. */
  function readBody(current: Reading): boolean {
    const { framing } = current
    switch (framing.kind) {
      case 'until-fin':
        current.body.push(take(held.length))
        return false
      case 'length':
      case 'chunk': {
        const part = take(Math.min(framing.left, held.length))
        current.body.push(part)
        framing.left -= part.length
        if (framing.left > 0) return false
        if (framing.kind === 'length') finish(current, 'complete')
        else current.framing = { kind: 'chunk-end' }
        return true
      }
      case 'chunk-head': {
        const line = takeLine()
        if (line === undefined) return false
        const left = Number.parseInt(line, 16)
        current.framing = left === 0 ? { kind: 'trailers' } : { kind: 'chunk', left }
        return true
      }
      case 'chunk-end':
        if (takeLine() === undefined) return false
        current.framing = { kind: 'chunk-head' }
        return true
      case 'trailers': {
        const end = held.indexOf('\r\n') === 0 ? 0 : held.indexOf('\r\n\r\n')
        if (end < 0) return false
        const lines = take(end === 0 ? 2 : end + 4)
          .toString('latin1')
          .trimEnd()
          .split('\r\n')
        finish(current, 'complete', parseFields(lines))
        return true
      }
    }
  }

  function finish(
    current: Reading,
    ending: Ending,
    trailers: Record<string, string> = {},
    how: LostBy = {},
  ) {
    reading = undefined
    const body = Buffer.concat(current.body)
    current.sink.onReply({
      ...current.head,
      body,
      text: body.toString(),
      trailers,
      ending,
      ...how,
    })
  }

  function take(length: number): Buffer {
    const part = held.subarray(0, length)
    held = held.subarray(length)
    return part
  }

  function takeLine(): string | undefined {
    const end = held.indexOf('\r\n')
    return end < 0
      ? undefined
      : take(end + 2)
          .toString('latin1')
          .trimEnd()
  }
}

function framingOf({ status, headers }: ReplyHead, method: string): Framing {
  if (method === 'HEAD' || status === 204 || status === 304) return { kind: 'length', left: 0 }
  if (status === 101) return { kind: 'until-fin' }
  if (headers['transfer-encoding']?.endsWith('chunked')) return { kind: 'chunk-head' }
  const length = headers['content-length']
  return length === undefined ? { kind: 'until-fin' } : { kind: 'length', left: Number(length) }
}

function parseFields(lines: readonly string[]): Record<string, string> {
  return joinFields(lines.filter((line) => line.includes(':')).map(parseField))
}

function parseField(line: string): Field {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}
