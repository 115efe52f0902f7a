/** Reads the replies that come on one HTTP/1 connection, and keeps nothing of them but status and framing. */
export interface ReplyReader {
  push(chunk: Buffer): void
  /** The connection is over: what became of the reply that was being read. */
  over(isReset: boolean): 'whole' | 'cut' | 'none'
}

export interface Reply {
  /** NaN: it is no HTTP. */
  readonly status: number
  /** The service closes the connection after it. */
  readonly closes: boolean
}

type Framing =
  | { kind: 'length' | 'chunk'; left: number }
  | { kind: 'chunk-head' | 'chunk-end' | 'trailers' | 'until-fin' }

/** Calls `onReply` for each reply that came whole. No reply may be to a HEAD. */
export function createReplyReader(onReply: (reply: Reply) => void): ReplyReader {
  let held: Buffer = Buffer.alloc(0)
  let reply: Reply | undefined
  let framing: Framing = { kind: 'until-fin' }

  return {
    push(chunk) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      while (reply === undefined ? readHead() : readBody(reply));
    },
    over(isReset) {
      if (reply === undefined) return held.length === 0 ? 'none' : 'cut'
      if (framing.kind !== 'until-fin' || isReset) return 'cut'
      finish(reply)
      return 'whole'
    },
  }

  /** True while there may be more to read in what is held. */
  function readHead(): boolean {
    const end = held.indexOf('\r\n\r\n')
    if (end < 0) return false
    const [statusLine = '', ...lines] = take(end + 4)
      .toString('latin1')
      .trimEnd()
      .split('\r\n')
    const [version, code] = statusLine.split(' ')
    const status = version?.startsWith('HTTP/1.') ? Number(code) : Number.NaN
    if (status < 200) return true
    const fields = parseFields(lines)
    framing = framingOf(status, fields)
    const connection = fields.get('connection')?.toLowerCase() ?? ''
    const keepsAlive = version === 'HTTP/1.0' ? connection === 'keep-alive' : connection !== 'close'
    reply = { status, closes: !keepsAlive || framing.kind === 'until-fin' }
    if (framing.kind === 'length' && framing.left === 0) finish(reply)
    return true
  }

  function readBody(current: Reply): boolean {
    switch (framing.kind) {
      case 'until-fin':
        take(held.length)
        return false
      case 'length':
      case 'chunk':
        framing.left -= take(Math.min(framing.left, held.length)).length
        if (framing.left > 0) return false
        if (framing.kind === 'length') finish(current)
        else framing = { kind: 'chunk-end' }
        return true
      case 'chunk-head': {
        const line = takeLine()
        if (line === undefined) return false
        const left = Number.parseInt(line, 16)
        framing = left === 0 ? { kind: 'trailers' } : { kind: 'chunk', left }
        return true
      }
      case 'chunk-end':
        if (takeLine() === undefined) return false
        framing = { kind: 'chunk-head' }
        return true
      case 'trailers': {
        const line = takeLine()
        if (line === '') finish(current)
        return line !== undefined
      }
    }
  }

  function finish(whole: Reply): void {
    reply = undefined
    onReply(whole)
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

function framingOf(status: number, fields: ReadonlyMap<string, string>): Framing {
  if (status === 204 || status === 304) return { kind: 'length', left: 0 }
  if (fields.get('transfer-encoding')?.toLowerCase().endsWith('chunked')) {
    return { kind: 'chunk-head' }
  }
  const length = fields.get('content-length')
  return length === undefined ? { kind: 'until-fin' } : { kind: 'length', left: Number(length) }
}

function parseFields(lines: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  return fields
}
