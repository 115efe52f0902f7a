import type { Server } from 'node:net'
import process from 'node:process'
import { knownConnection, markConnection } from './connection.ts'
import type { Http2Session, Socket } from './node-types.ts'
import { SessionStream } from './session-stream.ts'

type Accept = (this: Server, socket: Socket | SessionStream) => void

/**
 * From here on each HTTP/2 session of this server stands on a {@link SessionStream}, which Node takes in the
 * place of a socket (https://nodejs.org/api/http2.html#event-connection). HTTP/1 is as it was.
 */
export function relaySessions(server: Server): void {
  const event = 'setSecureContext' in server ? 'secureConnection' : 'connection'
  const accept = nodesOwn()
  if (!server.listeners(event).includes(accept)) return
  server.removeListener(event, accept)
  server.on(event, (socket: Socket & { alpnProtocol?: unknown }) => {
    if (event === 'connection' || socket.alpnProtocol === 'h2') open(server, socket, accept)
    else accept.call(server, socket)
  })
}

/** What Node listens with, one function for all servers of HTTP/2. */
function nodesOwn(): Accept {
  const [accept] = process.getBuiltinModule('node:http2').createServer().listeners('connection')
  return accept as Accept
}

/** The session is there, and says so, before `accept` returns. */
function open(server: Server, socket: Socket, accept: Accept): void {
  const stream = new SessionStream(socket)
  const opened = (session: Http2Session) => {
    showSocket(session, socket)
    const connection = knownConnection(socket)
    if (connection === undefined) return
    connection.sessionStream = stream
    markConnection(session, connection)
  }
  server.prependOnceListener('session', opened)
  accept.call(server, stream)
  server.removeListener('session', opened)
}

const SHOWN = ['remoteAddress', 'remotePort', 'remoteFamily', 'localAddress', 'localPort']
  .concat(['localFamily', 'bytesRead', 'bytesWritten', 'address'])
  .concat(['encrypted', 'alpnProtocol', 'authorized', 'authorizationError', 'servername'])
  .concat(['getPeerCertificate', 'getPeerX509Certificate', 'getCertificate', 'getX509Certificate'])
  .concat(['getProtocol', 'getCipher', 'getSession', 'isSessionReused', 'exportKeyingMaterial'])

/**
 * `session.socket` and `req.socket` hand every word on to what stands for the socket here, which knows no
 * address: `__defineGetter__`, called there, is how it is taught them without touching what is Node's own.
 */
function showSocket(session: Http2Session, socket: Socket): void {
  const { socket: shown } = session
  const define: (name: string, get: () => unknown) => void = Reflect.get(shown, '__defineGetter__')
  for (const name of SHOWN) {
    if (name in socket) define(name, () => boundTo(socket, Reflect.get(socket, name)))
  }
  if (!('encrypted' in socket)) return
  Object.defineProperty(session, 'encrypted', { value: true })
  Object.defineProperty(session, 'alpnProtocol', { value: 'h2' })
}

function boundTo(socket: Socket, value: unknown): unknown {
  return typeof value === 'function' ? value.bind(socket) : value
}
