import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { waitFor } from '../../support/wait-for.ts'
import type { Asked } from './requests.ts'

/** A response as it came over the wire. */
export interface Answer {
  readonly statusLine: string
  /** Each field as it was written, in order; only the date is taken out. */
  readonly fields: readonly string[]
  /** Without the chunked coding; bytes as latin1, since a comparison of large Buffers takes seconds. */
  readonly body: string
}

/** Asks once, on a connection of its own, and reads to its end. */
export async function ask(port: number, asked: Asked): Promise<Answer> {
  if (asked.again === undefined) return exchange(port, asked, {})
  return exchange(port, asked, followUp(await exchange(port, asked, {}), asked.again))
}

function followUp(first: Answer, again: NonNullable<Asked['again']>): Record<string, string> {
  const values = (name: string) =>
    first.fields
      .filter((field) => field.toLowerCase().startsWith(`${name}: `))
      .map((field) => field.slice(name.length + 2))
  if (again === 'cookie')
    return {
      cookie: values('set-cookie')
        .map((value) => value.split(';')[0])
        .join('; '),
    }
  const [validator = ''] = values(again === 'if-modified-since' ? 'last-modified' : 'etag')
  return { [again]: validator }
}

async function exchange(port: number, asked: Asked, more: object): Promise<Answer> {
  const { method = 'GET', path, headers = {}, body = '', version = '1.1' } = asked
  const socket = connect({ port, host: '127.0.0.1' })
  const length = body === '' ? {} : { 'content-length': Buffer.byteLength(body) }
  const fields = { host: 'localhost', connection: 'close', ...headers, ...length, ...more }
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`${method} ${path} HTTP/${version}\r\n${head.join('')}\r\n${body}`)
  return parse(await waitFor(`${method} ${path}`, buffer(socket)))
}

function parse(raw: Buffer): Answer {
  const end = raw.indexOf('\r\n\r\n')
  const [statusLine = '', ...all] = raw.subarray(0, end).toString('latin1').split('\r\n')
  const fields = all.filter((field) => !field.startsWith('Date: '))
  const body = raw.subarray(end + 4)
  const isChunked = fields.some((field) => /^transfer-encoding: chunked$/i.test(field))
  return { statusLine, fields, body: (isChunked ? dechunk(body) : body).toString('latin1') }
}

function dechunk(raw: Buffer): Buffer {
  const chunks: Buffer[] = []
  for (let rest = raw; rest.length > 0; ) {
    const lineEnd = rest.indexOf('\r\n')
    const size = Number.parseInt(rest.subarray(0, lineEnd).toString(), 16)
    if (size === 0) break
    chunks.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size))
    rest = rest.subarray(lineEnd + 2 + size + 2)
  }
  return Buffer.concat(chunks)
}
