import type { EventEmitter } from 'node:events'
import type { Server } from 'node:net'
import { performance } from 'node:perf_hooks'
import { Connection, knownConnection, markConnection } from './connection.ts'
import { followConnection, hear } from './disconnect.ts'
import { listenBeside } from './listen-beside.ts'
import type { Http2Session, Socket } from './node-types.ts'
import { transportOf } from './tls-transport.ts'

/** Every TCP connection of the attached servers, each counted once, TLS and HTTP/2 included. */
export interface ConnectionSet extends Iterable<Connection> {
  readonly size: number
  /** Connections accepted so far. */
  readonly accepted: number
  /** From here on the connections of this server are followed. */
  follow(server: Server): void
}

export interface ConnectionWatcher {
  /** A session has begun on a connection: it speaks HTTP/2. */
  sessionOpened(connection: Connection): void
  closed(connection: Connection): void
}

export function createConnectionSet(watcher: ConnectionWatcher): ConnectionSet {
  const all = new Set<Connection>()
  let accepted = 0

  function accept(socket: Socket): Connection {
    accepted++
    const connection = knownConnection(socket) ?? new Connection(socket)
    connection.closed = toldBoth(connection.closed, closed)
    all.add(connection)
    return connection
  }

  function closed(connection: Connection): void {
    if (all.delete(connection)) watcher.closed(connection)
  }

  function acceptPlain(socket: Socket): void {
    followConnection(socket, accept(socket))
  }

  function acceptTls(socket: Socket): void {
    const connection = accept(socket)
    connection.isInHandshake = true
    markConnection(socket, connection)
    hear(socket)
  }

  function secured(socket: Socket): void {
    const connection = knownConnection(transportOf(socket))
    if (connection === undefined) return
    connection.socket = socket
    connection.isInHandshake = false
    connection.bytesReadWhenIdle = socket.bytesRead
    connection.idleSince = performance.now()
    followConnection(socket, connection)
  }

  function sessionOpened(session: Http2Session): void {
    const connection = knownConnection(session) ?? knownConnection(session.socket)
    if (connection === undefined) return
    markConnection(session, connection)
    connection.session = session
    watcher.sessionOpened(connection)
  }

  function upgraded(_req: unknown, socket: Socket): void {
    const connection = knownConnection(socket)
    if (connection !== undefined) connection.isUpgraded = true
  }

  return {
    get size() {
      return all.size
    },
    get accepted() {
      return accepted
    },
    [Symbol.iterator]: () => all.values(),
    follow(server) {
      const events: EventEmitter = server
      const isTls = 'setSecureContext' in server
      events.prependListener('connection', isTls ? acceptTls : acceptPlain)
      if (isTls) events.prependListener('secureConnection', secured)
      events.on('session', sessionOpened)
      listenBeside(events, ['upgrade', 'connect'], upgraded)
    },
  }
}

type Told = (connection: Connection) => void

/** Another handle may have been attached to the same server. */
function toldBoth(first: Told | undefined, second: Told): Told {
  if (first === undefined) return second
  return (connection) => {
    first(connection)
    second(connection)
  }
}
