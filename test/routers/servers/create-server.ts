import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import type { AnyListener, Http1Listener } from '../../hosts/transport.ts'
import { certificate, speaks } from './given.ts'

/** The server that the test asked for. */
export function createServer(listener: AnyListener): http.Server | http2.Http2Server {
  if (speaks === 'h2c') return http2.createServer(listener)
  if (speaks === 'h2') return http2.createSecureServer(certificate, listener)
  return createHttp1Server(listener)
}

/** The same for a framework that has no HTTP/2. */
export function createHttp1Server(listener: Http1Listener): http.Server {
  return speaks === 'https'
    ? https.createServer(certificate, listener)
    : http.createServer(listener)
}
