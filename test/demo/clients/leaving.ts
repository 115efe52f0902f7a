import { once } from 'node:events'
import net from 'node:net'

/** How a client leaves: by FIN, or by RST. */
export type Leaving = 'closes' | 'resets'

export interface LeavingClient {
  leave(): void
}

const WORK = 'ms=4000&client=leaves'
const UPLOAD_BYTES = 200_000

/** Requests that no answer has come to yet, from clients that are about to leave. */
export const abandoned = {
  get: (port: number, how: Leaving) => connect(port, how, head(`GET /report?${WORK}`, 0)),
  post: (port: number, how: Leaving) =>
    connect(port, how, head(`POST /report?${WORK}`, 4, 'text/plain'), 'body'),
  /** Half of the body, and never the rest. */
  upload: (port: number, how: Leaving) =>
    connect(
      port,
      how,
      head(`POST /upload?${WORK}`, UPLOAD_BYTES, 'application/octet-stream'),
      'x'.repeat(UPLOAD_BYTES / 2),
    ),
}

function head(requestLine: string, contentLength: number, contentType?: string): string {
  const type = contentType === undefined ? '' : `Content-Type: ${contentType}\r\n`
  const length = contentLength === 0 ? '' : `Content-Length: ${contentLength}\r\n`
  return `${requestLine} HTTP/1.1\r\nHost: demo\r\n${type}${length}\r\n`
}

async function connect(port: number, how: Leaving, ...pieces: string[]): Promise<LeavingClient> {
  const socket = net.connect(port, '127.0.0.1')
  socket.on('error', () => {}).resume()
  await once(socket, 'connect')
  for (const piece of pieces) socket.write(piece)
  return {
    leave() {
      if (how === 'resets') socket.resetAndDestroy()
      else socket.destroy()
    },
  }
}
