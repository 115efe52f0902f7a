import { expect } from 'vitest'
import { connectHttp1 } from '../../conformance/client.ts'
import { connectHttp2 } from '../../conformance/h2-client.ts'
import type { PeerRequest, Reply } from '../../conformance/peer.ts'
import type { Host } from '../../hosts/host.ts'
import { waitFor } from '../../support/wait-for.ts'
import type { Asked } from './requests.ts'

/** A response as it came over the wire. */
export interface Answer extends Pick<Reply, 'informational' | 'trailers' | 'ending'> {
  /** Status and each field as they were written, in order; only the date is taken out. */
  readonly head: readonly string[]
  /** Without the chunked coding; bytes as latin1, since a comparison of large Buffers takes seconds. */
  readonly body: string
}

type Speaks = Host['speaks']

/** Asks once, on a connection of its own, and reads to its end. */
export async function ask(port: number, speaks: Speaks, asked: Asked): Promise<Answer> {
  if (asked.again === undefined) return answerTo(port, speaks, asked, {})
  const first = await answerTo(port, speaks, asked, {})
  return answerTo(port, speaks, asked, followUp(first, asked.again))
}

/** Over HTTP/2: what it is answered before another request that comes after it. */
export async function askBeforeAnother(
  port: number,
  { method = 'GET', path }: Asked,
): Promise<Answer | undefined> {
  const { request, frames } = await connectHttp2({ port, tls: false })
  const { id, reply } = request({ method, path })
  const { ending } = await waitFor('another request', request({ path: '/text' }).reply)
  expect(ending).toBe('complete')
  const answer = frames.stream(id).ended ? answerOf(await reply) : undefined
  frames.reset()
  return answer
}

function followUp({ head }: Answer, again: NonNullable<Asked['again']>): Record<string, string> {
  const values = (name: string) =>
    head
      .filter((line) => line.toLowerCase().startsWith(`${name}: `))
      .map((line) => line.slice(name.length + 2))
  if (again === 'cookie')
    return {
      cookie: values('set-cookie')
        .map((value) => value.split(';')[0])
        .join('; '),
    }
  const [validator = ''] = values(again === 'if-modified-since' ? 'last-modified' : 'etag')
  return { [again]: validator }
}

async function answerTo(
  port: number,
  speaks: Speaks,
  { method = 'GET', path, headers = {}, body, version }: Asked,
  more: Record<string, string>,
): Promise<Answer> {
  const request: PeerRequest = {
    method,
    path,
    headers: { ...headers, ...more },
    ...(body !== undefined && { body }),
  }
  const reading = speaks === 'h2' ? overHttp2(port, request) : overHttp1(port, request, version)
  return answerOf(await waitFor(path, reading))
}

function answerOf({ lines, informational, body, trailers, ending }: Reply): Answer {
  const head = lines.filter((line) => !/^date: /i.test(line))
  return { head, informational, body: body.toString('latin1'), trailers, ending }
}

async function overHttp2(port: number, request: PeerRequest): Promise<Reply> {
  const client = await connectHttp2({ port, tls: false })
  const reply = await client.request(request).reply
  client.fin()
  return reply
}

async function overHttp1(
  port: number,
  request: PeerRequest,
  version: Asked['version'] = '1.1',
): Promise<Reply> {
  const client = await connectHttp1({ port, tls: false })
  const headers = { connection: 'close', ...request.headers }
  const { reply } = client.request({ ...request, headers, version })
  await client.closed
  expect(client.unread).toBe(0)
  return reply
}
