import http2, { type ClientHttp2Session } from 'node:http2'
import { HOST } from './address.ts'
import { ANSWER_MS, type Customer, judge, NO_ANSWER, ORDER } from './customer.ts'

const SESSIONS = 6

/** They share a few sessions, over TLS. */
export function createHttp2Customers(port: number, count: number): Customer[] {
  const sessions = Array.from({ length: SESSIONS }, () => createSession(port))
  return Array.from({ length: count }, (_, nth) => {
    const session = sessions[nth % SESSIONS] ?? createSession(port)
    return {
      order: (order) => send(session.get(), order),
      leave: () => session.close(),
    }
  })
}

/** A session, and the next one where the router has let go of it. */
function createSession(port: number) {
  let session: ClientHttp2Session | undefined
  return {
    get() {
      if (session === undefined || session.closed || session.destroyed) {
        session = http2.connect(`https://${HOST}:${port}`, { rejectUnauthorized: false })
        // Its streams tell of it.
        session.on('error', () => {})
      }
      return session
    },
    close: () => session?.close(),
  }
}

function send(session: ClientHttp2Session, order: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const stream = session.request({
      ':method': ORDER.method,
      ':path': ORDER.path,
      'content-type': ORDER.type,
    })
    let status: number | undefined
    let text = ''
    stream.once('response', (headers) => {
      status = headers[':status']
    })
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
    })
    stream.setTimeout(ANSWER_MS, () => stream.destroy(new Error(NO_ANSWER)))
    stream.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      resolve(`${code ?? ''} ${message}`.trim())
    })
    // A stream that was cut ends without an error where its code is NO_ERROR or CANCEL.
    stream.once('close', () => {
      resolve(stream.aborted ? `RST_STREAM ${stream.rstCode}` : judge(order, status, text))
    })
    stream.end(order)
  })
}
