import { performance } from 'node:perf_hooks'
import type { Connection } from './connection.ts'
import type { ConnectionSet } from './connection-set.ts'

/** Time for a peer to close its side after our GOAWAY, last stream and FIN. */
const LINGER_MS = 1_000

/**
 * Closes HTTP/2 sessions during a drain: GOAWAY, its streams, FIN (RFC 9113 §6.8). In two steps, a notice
 * and a PING come first, and the GOAWAY when that is answered, after `idleGraceMs` at the latest.
 */
export interface Http2Drain {
  /** A GOAWAY to every session that has had a stream; the others may still send their first. */
  start(): void
  /** A stream has come on a session that was waiting for its first. */
  streamBegan(connection: Connection): void
  sweep(now: number): void
}

export function createHttp2Drain(connections: ConnectionSet, idleGraceMs: number): Http2Drain {
  const since = performance.now()

  function sweepOne(connection: Connection, now: number): void {
    const { session } = connection
    if (session === undefined) return
    if (session.destroyed) endLate(connection, now)
    if (session.destroyed || session.closed) return
    const { noticedAt } = connection
    const isFresh = !connection.isUsed && now - Math.max(since, connection.idleSince) < idleGraceMs
    if (noticedAt === undefined && !isFresh) goAway(connection)
    else if (noticedAt !== undefined && now - noticedAt > idleGraceMs) session.close()
  }

  /** Whose client answers PING has sent before it what crossed the notice. */
  function goAway(connection: Connection): void {
    const { session, sessionStream } = connection
    if (session === undefined || session.closed || session.destroyed) return
    if (sessionStream === undefined) {
      session.close()
    } else if (connection.noticedAt === undefined) {
      connection.noticedAt = performance.now()
      sessionStream.giveNotice()
      session.ping(() => session.close())
    }
  }

  function endLate(connection: Connection, now: number): void {
    connection.endedAt ??= now
    if (now - connection.endedAt > LINGER_MS) connection.destroy()
  }

  return {
    start() {
      for (const connection of connections) {
        if (connection.isUsed) goAway(connection)
      }
    },
    streamBegan: goAway,
    sweep(now) {
      for (const connection of connections) sweepOne(connection, now)
    },
  }
}
