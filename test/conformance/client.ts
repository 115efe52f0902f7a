import { createLatch } from '../support/latch.ts'
import { endOf, openConnection } from './connection.ts'
import type { Peer, PeerRequest, Reply, ReplyHead, Sent, Target } from './peer.ts'
import { createReplyReader, type LostBy, type ReplySink } from './reply-reader.ts'

/** An HTTP/1 client on a raw socket: nothing is retried, hidden or tidied up. */
export interface Http1Client extends Peer {
  /** Sends bytes as they are. Follow with `expectReply` for each request in them. */
  send(data: string | Buffer): void
  /** Awaits the reply to a request that was written by `send`; in the order of sending. */
  expectReply(method?: string): Sent
  /** Shuts the writing side and reads on. */
  halfClose(): void
  /** The server's FIN has arrived, or the connection is lost. */
  readonly ended: Promise<void>
  /** Body and head bytes received so far. */
  readonly bytesRead: number
  /** How often something has arrived. */
  readonly reads: number
  /** Bytes that no reply was made of. */
  readonly unread: number
}

export async function connectHttp1(target: Target): Promise<Http1Client> {
  const { raw, stream, endedBy, reset, closed } = await openConnection(target, 'http/1.1')
  const waiting: ReplySink[] = []
  const unanswered = new Set<(how: LostBy) => void>()
  const reader = createReplyReader(() => waiting.shift())
  let lost: LostBy | undefined
  const ended = createLatch()
  let reads = 0

  stream.on('data', (chunk: Buffer) => {
    reads++
    reader.push(chunk)
  })
  stream.on('end', () => {
    reader.over(endedBy())
    lose({})
    stream.end()
  })
  void closed.then(lose)

  function lose(how: LostBy) {
    if (lost !== undefined) return
    lost = how
    ended.open()
    reader.over(how)
    for (const abandon of unanswered) abandon(how)
  }

  function expectReply(method = 'GET'): Sent {
    const head = createLatch<ReplyHead | undefined>()
    const reply = createLatch<Reply>()
    waiting.push({
      method,
      onHead: head.open,
      onReply(whole) {
        unanswered.delete(abandon)
        reply.open(whole)
      },
    })
    const abandon = (how: LostBy) => {
      head.open(undefined)
      reply.open(noReply(how))
    }
    if (lost === undefined) unanswered.add(abandon)
    else abandon(lost)
    return {
      head: head.opened,
      reply: reply.opened,
      write: (chunk) => void stream.write(chunked(chunk)),
      end: (chunk) => void stream.write(`${chunk === undefined ? '' : chunked(chunk)}0\r\n\r\n`),
    }
  }

  return {
    closed: closed.then(endOf),
    ended: ended.opened,
    expectReply,
    reset,
    send: (data) => void stream.write(data),
    request(request = {}) {
      const declared = request.headers?.['content-length'] !== undefined
      stream.write(headOf(request))
      if (request.body !== undefined) {
        stream.write(request.open && !declared ? chunked(request.body) : request.body)
      }
      const sent = expectReply(request.method ?? (request.body === undefined ? 'GET' : 'POST'))
      if (!declared) return sent
      return {
        ...sent,
        write: (chunk) => void stream.write(chunk),
        end: (chunk) => void (chunk === undefined || stream.write(chunk)),
      }
    },
    fin() {
      if (stream.writableLength > 0) raw.destroy()
      else stream.end(() => raw.destroy())
    },
    drop: () => void raw.destroy(),
    halfClose: () => void stream.end(),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    get bytesRead() {
      return raw.bytesRead
    },
    get reads() {
      return reads
    },
    get unread() {
      return reader.held
    },
  }
}

function headOf({
  method,
  path = '/',
  headers = {},
  body,
  version = '1.1',
  open,
}: PeerRequest): string {
  const fields: Record<string, string> = { host: 'localhost', ...headers }
  const declared = 'content-length' in fields
  if (open && !declared) fields['transfer-encoding'] = 'chunked'
  else if (body !== undefined && !declared) fields['content-length'] = `${Buffer.byteLength(body)}`
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  const verb = method ?? (body === undefined && !open ? 'GET' : 'POST')
  return `${verb} ${path} HTTP/${version}\r\n${lines.join('')}\r\n`
}

function chunked(data: string | Buffer): Buffer {
  const size = Buffer.byteLength(data).toString(16)
  return Buffer.concat([Buffer.from(`${size}\r\n`), Buffer.from(data), Buffer.from('\r\n')])
}

function noReply(how: LostBy): Reply {
  const body = Buffer.alloc(0)
  const ending = how.code === undefined ? 'cut' : 'reset'
  const head = { status: 0, headers: {}, lines: [], informational: [] }
  return { ...head, body, text: '', trailers: {}, ending, ...how }
}
