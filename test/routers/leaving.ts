import { connect } from 'node:net'
import { HOST } from './address.ts'
import type { AppProcess } from './app-process.ts'
import { nextFate } from './fate.ts'
import type { Router } from './router.ts'

const GET = 'GET /wait?ms=MS HTTP/1.1\r\nhost: app\r\n\r\n'
const POST =
  'POST /wait?ms=MS HTTP/1.1\r\nhost: app\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nhello'
/** No framework reads a body of this type before its handler. */
const HALF_AN_UPLOAD =
  'POST /wait?ms=MS HTTP/1.1\r\nhost: app\r\ncontent-type: application/octet-stream\r\ncontent-length: 10\r\n\r\nhello'

/**
 * Clients that send a request, and leave by FIN and by RST while it is worked on, for `ms` where nobody
 * stops it. Resolve with how each ended in the application: GET by FIN, GET by RST, POST by FIN …
 */
export function leave(router: Router, app: AppProcess, ms: number): Promise<string[]> {
  return leaveAll([GET, POST], router, app, ms)
}

/** The same with half an upload. */
export function leaveUpload(router: Router, app: AppProcess, ms: number): Promise<string[]> {
  return leaveAll([HALF_AN_UPLOAD], router, app, ms)
}

async function leaveAll(requests: readonly string[], router: Router, app: AppProcess, ms: number) {
  const settled: string[] = []
  for (const request of requests) {
    for (const how of ['destroy', 'resetAndDestroy'] as const) {
      const socket = connect(router.port, HOST).on('error', () => {})
      socket.write(request.replace('MS', String(ms)))
      await app.told('begun')
      socket[how]()
      settled.push(await nextFate(app))
    }
  }
  return settled
}
