import { connect } from 'node:net'
import { HOST } from './address.ts'
import type { AppProcess } from './app-process.ts'
import type { Router } from './router.ts'

const BODY = 'hello'
const BODY_HEADERS = `content-type: text/plain\r\ncontent-length: ${BODY.length}\r\n`

/**
 * Clients that send a GET or a POST of `/wait` whole, and leave by FIN or by RST while it is worked on.
 * Resolves with how each request ended in the application, which works for `ms` where nobody stops it.
 */
export async function leave(router: Router, app: AppProcess, ms: number): Promise<string[]> {
  const settled: string[] = []
  for (const method of ['GET', 'POST']) {
    for (const how of ['destroy', 'resetAndDestroy'] as const) {
      const socket = connect(router.port, HOST).on('error', () => {})
      const headers = method === 'POST' ? BODY_HEADERS : ''
      const body = method === 'POST' ? BODY : ''
      socket.write(`${method} /wait?ms=${ms} HTTP/1.1\r\nhost: app\r\n${headers}\r\n${body}`)
      await app.told('begun')
      socket[how]()
      settled.push(await app.told('settled'))
    }
  }
  return settled
}
