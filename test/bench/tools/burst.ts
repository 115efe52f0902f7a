import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Hits, Shot } from './shot.ts'

interface Target {
  readonly request: string
  readonly sockets: readonly Socket[]
  /** Of each answer: all are alike. */
  readonly bytes: number
}

const targets = new Map<string, Target>()

/**
 * A few hundred requests on connections that stay open from one burst to the next, each behind the answer to
 * the last on its connection. Answers are counted by their bytes and not parsed: a client that costs more
 * than the server is what would be measured. It never sleeps: to wake it, which a client on another
 * machine does not ask for, would cost the server up to two microseconds a request.
 */
export async function burst({ url, connections, requests }: Shot): Promise<Hits> {
  const target = await targetOf(url, connections)
  let isOver = false
  const stayAwake = () => isOver || setImmediate(stayAwake)
  stayAwake()
  const began = performance.now()
  await exchange(target, requests)
  isOver = true
  return { requests, seconds: (performance.now() - began) / 1000 }
}

/** A server closes what has been idle for seconds. */
async function targetOf(url: string, connections: number): Promise<Target> {
  const known = targets.get(url)
  if (known?.sockets.every(({ readyState }) => readyState === 'open')) return known
  for (const socket of known?.sockets ?? []) socket.destroy()
  const target = await open(url, connections)
  targets.set(url, target)
  return target
}

function exchange({ request, sockets, bytes }: Target, requests: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0
    let answered = 0
    const fail = () => reject(new Error('a connection was closed'))
    for (const socket of sockets) {
      let got = 0
      const send = () => {
        if (sent === requests) return
        sent++
        got = 0
        socket.write(request)
      }
      socket.removeAllListeners('data').removeAllListeners('close').once('close', fail)
      socket.on('data', ({ length }: Buffer) => {
        got += length
        if (got < bytes) return
        answered++
        if (answered === requests) resolve()
        else send()
      })
      send()
    }
  })
}

async function open(url: string, connections: number): Promise<Target> {
  const { port, hostname, pathname } = new URL(url)
  const request = `GET ${pathname} HTTP/1.1\r\nHost: localhost\r\n\r\n`
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(Number(port), hostname).setNoDelay()
      await once(socket, 'connect')
      return socket.on('error', () => {})
    }),
  )
  return { request, sockets, bytes: await bytesOf(url, sockets[0], request) }
}

async function bytesOf(url: string, socket: Socket | undefined, request: string): Promise<number> {
  let answer = ''
  for (socket?.write(request); socket !== undefined; ) {
    const [data] = await once(socket, 'data')
    answer += data.toString('latin1')
    const [head, length] =
      /^HTTP\/1\.1 200 [\s\S]*?content-length: (\d+)[\s\S]*?\r\n\r\n/i.exec(answer) ?? []
    if (head !== undefined && answer.length >= head.length + Number(length)) return answer.length
    if (head === undefined && answer.includes('\r\n\r\n')) break
  }
  throw new Error(`${url}: no 200 with a Content-Length\n${answer}`)
}
