import { performance } from 'node:perf_hooks'
import type { Connection, Watched } from './connection.ts'
import type { ConnectionSet } from './connection-set.ts'
import { endAndDiscard } from './linger.ts'

/** Time for a client to close its side after our FIN. */
const LINGER_MS = 1_000

/** A loop that stood still for longer has not listened meanwhile: that is no time of grace. */
const LONGEST_TURN_MS = 50

/** Closes HTTP/1 connections during a drain: each after its last response, or once it has been idle. */
export interface Http1Drain {
  /** Tells the client, on the newest response of a connection, that the connection closes. */
  announce(exchange: Watched): void
  /** Whether this request came after a response that announced the close: it is no request any more. */
  isAfterLast(exchange: Watched): boolean
  /** Looks at every connection, and closes those whose time has come. */
  sweep(now: number): void
  /** Upgraded sockets have had their time. */
  endUpgraded(): void
}

/** @param handshakeMs for a TLS handshake that has begun: its client has sent no request yet that could be lost. */
export function createHttp1Drain(
  connections: ConnectionSet,
  idleGraceMs: number,
  handshakeMs: number,
): Http1Drain {
  let since = performance.now()
  let sweptAt = since

  function sweepOne(connection: Connection, now: number): void {
    const { socket } = connection
    if (connection.session !== undefined || connection.isUpgraded) return
    if (connection.endedAt !== undefined) {
      if (now - connection.endedAt > LINGER_MS && socket.writableFinished) connection.destroy()
      return
    }
    const ms = now - Math.max(since, connection.idleSince)
    const isStalled = connection.isInHandshake && ms >= handshakeMs
    if (ms < idleGraceMs || !(isStalled || isIdle(connection))) return
    connection.endedAt = now
    if (connection.isInHandshake) connection.destroy()
    else endAndDiscard(socket)
  }

  return {
    announce(exchange) {
      const { connection, res } = exchange
      if (connection === undefined || !('shouldKeepAlive' in res) || res.headersSent) return
      const before = connection.lastExchange
      if (!res.shouldKeepAlive) return
      // A pipelined request has come behind the one that was to be the last.
      if (before !== undefined && !before.res.headersSent)
        Object.assign(before.res, { shouldKeepAlive: true })
      res.shouldKeepAlive = false
      connection.lastExchange = exchange
      lingerWhenDone(connection)
    },
    isAfterLast({ connection }) {
      return connection?.lastExchange?.res.headersSent === true
    },
    sweep(now) {
      since += Math.max(0, now - sweptAt - LONGEST_TURN_MS)
      sweptAt = now
      for (const connection of connections) sweepOne(connection, now)
    },
    endUpgraded() {
      for (const connection of connections) if (connection.isUpgraded) connection.socket.end()
    },
  }
}

/** Nothing open, nothing half arrived, nothing still to be sent. */
function isIdle({ oldest, socket, bytesReadWhenIdle }: Connection): boolean {
  return (
    oldest === undefined && socket.bytesRead === bytesReadWhenIdle && socket.writableLength === 0
  )
}

/** Node closes the connection by `destroySoon` after its last response: unread input would reset it. */
function lingerWhenDone(connection: Connection): void {
  const { socket } = connection
  socket.destroySoon = () => {
    connection.endedAt ??= performance.now()
    endAndDiscard(socket)
  }
}
