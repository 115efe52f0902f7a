import { once } from 'node:events'
import { connect } from 'node:net'
import type { Hits, Shot } from './shot.ts'

/** Reads one large response after the other, and parses none. */
export async function download({ url, requests, leastBytes = 0 }: Shot): Promise<Hits> {
  const { port, hostname, pathname } = new URL(url)
  const began = performance.now()
  for (let count = 0; count < requests; count++) {
    const socket = connect(Number(port), hostname)
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    socket.resume()
    await once(socket, 'end')
    if (socket.bytesRead < leastBytes) throw new Error(`${url}: ${socket.bytesRead} bytes`)
  }
  return { requests, seconds: (performance.now() - began) / 1000 }
}
