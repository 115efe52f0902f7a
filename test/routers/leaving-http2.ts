import http2, { type ClientHttp2Session } from 'node:http2'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import tls from 'node:tls'
import { waitFor } from '../support/wait-for.ts'
import { HOST } from './address.ts'
import type { AppProcess } from './app-process.ts'
import { nextFate } from './fate.ts'
import type { Router } from './router.ts'

interface Request {
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly isHalf?: boolean
}

const GET: Request = { headers: { ':method': 'GET' } }
const POST: Request = {
  headers: { ':method': 'POST', 'content-type': 'text/plain' },
  body: 'hello',
}
/** No framework reads a body of this type before its handler. */
const HALF_AN_UPLOAD: Request = {
  headers: {
    ':method': 'POST',
    'content-type': 'application/octet-stream',
    'content-length': '10',
  },
  body: 'hello',
  isHalf: true,
}
/** By resetting its stream, or by ending its connection. */
export const WAYS = ['RST_STREAM', 'FIN', 'RST'] as const

export type Way = (typeof WAYS)[number]

/**
 * Clients over HTTP/2 that send a request, and leave while it is worked on, for `ms` where nobody stops it.
 * Resolve with how each ended in the application: GET, POST.
 */
export function leaveHttp2(way: Way, router: Router, app: AppProcess, ms: number) {
  return leaveAll([GET, POST], way, router, app, ms)
}

/** The same with half an upload. */
export function leaveHttp2Upload(way: Way, router: Router, app: AppProcess, ms: number) {
  return leaveAll([HALF_AN_UPLOAD], way, router, app, ms)
}

async function leaveAll(
  requests: readonly Request[],
  way: Way,
  router: Router,
  app: AppProcess,
  ms: number,
): Promise<string[]> {
  const settled: string[] = []
  for (const request of requests) {
    const { session, tcp } = openSession(router)
    const stream = ask(session, request, ms)
    await app.told('begun')
    if (way === 'RST_STREAM') stream.close(http2.constants.NGHTTP2_CANCEL)
    else if (way === 'FIN') session.destroy()
    else tcp.resetAndDestroy()
    settled.push(await nextFate(app))
    session.destroy()
  }
  return settled
}

export interface Siblings {
  /** How the one ended that was reset. */
  readonly reset: string
  readonly isOtherSettled: boolean
  /** The body that the session's next request was answered with. */
  readonly next: string
}

/** Two requests on one session, one of which is reset, and then a third. */
export async function resetOneOfTwo(router: Router, app: AppProcess): Promise<Siblings> {
  const { session } = openSession(router)
  ask(session, GET, 10_000)
  await app.told('begun')
  const stream = ask(session, GET, 10_000)
  await app.told('begun')
  stream.close(http2.constants.NGHTTP2_CANCEL)
  const reset = await nextFate(app)
  const next = await waitFor('an answer', text(session.request({ ':path': '/readyz' })))
  const isOtherSettled = !app.untold('settled')
  session.destroy()
  await nextFate(app)
  return { reset, isOtherSettled, next }
}

function ask(session: ClientHttp2Session, { headers, body, isHalf }: Request, ms: number) {
  const stream = session.request({ ...headers, ':path': `/wait?ms=${ms}` })
  stream.on('error', () => {})
  if (isHalf) stream.write(body)
  else stream.end(body)
  return stream
}

function openSession({ port }: Router) {
  const tcp = connect(port, HOST)
  const socket = tls.connect({ socket: tcp, ALPNProtocols: ['h2'], rejectUnauthorized: false })
  const session = http2.connect(`https://${HOST}:${port}`, { createConnection: () => socket })
  session.on('error', () => {})
  return { session, tcp }
}
