import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import { certificate } from './certificate.ts'
import type { Host } from './host.ts'

/** A kind of server, and what a client speaks to it. */
export interface Transport<Listener> extends Pick<Host, 'speaks' | 'tls'> {
  createServer(listener: Listener): Promise<Server>
}

export type Http1Listener = http.RequestListener
export type AnyListener = (
  req: http.IncomingMessage | http2.Http2ServerRequest,
  res: http.ServerResponse | http2.Http2ServerResponse,
) => void

export const overHttp: Transport<Http1Listener> = {
  speaks: 'http/1.1',
  tls: false,
  createServer: async (listener) => http.createServer(listener),
}

export const overHttps: Transport<Http1Listener> = {
  speaks: 'http/1.1',
  tls: true,
  createServer: async (listener) => https.createServer(await certificate(), listener),
}

export const overHttp2: Transport<AnyListener> = {
  speaks: 'h2',
  tls: false,
  createServer: async (listener) => http2.createServer(listener),
}

export const overHttp2Secure: Transport<AnyListener> = {
  speaks: 'h2',
  tls: true,
  createServer: async (listener) =>
    http2.createSecureServer({ ...(await certificate()), allowHTTP1: true }, listener),
}

/** The other half of `allowHTTP1`: the same server, to clients that do not speak HTTP/2. */
export const overHttp1OnHttp2: Transport<AnyListener> = { ...overHttp2Secure, speaks: 'http/1.1' }

export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(portOf(server)))
  })
}

export function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on a port')
  return address.port
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)))
  })
}

/** Follows the server's connections, so that the end of a row can destroy what it left open. */
export function trackSockets(server: Server): { destroyAll(): void } {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return {
    destroyAll() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
