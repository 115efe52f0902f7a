import { setImmediate as turn } from 'node:timers/promises'
import type { ConnectionSet } from './connection-set.ts'

/** Turns of the event loop without a new connection after which the accept queue counts as empty. */
const QUIET_TURNS = 3
/** A server under a steady stream of connections is never quiet. */
const LONGEST_MS = 1_000

/**
 * Takes in what already waits in the accept queue: closing the listener would reset it. libuv accepts
 * one connection a turn of the loop (https://github.com/libuv/libuv/issues/3696), so no fixed number
 * of turns will do.
 */
export async function emptyAcceptQueue(connections: ConnectionSet): Promise<void> {
  const deadline = performance.now() + LONGEST_MS
  let quiet = 0
  while (quiet < QUIET_TURNS && performance.now() < deadline) {
    const { accepted } = connections
    await turn()
    quiet = connections.accepted === accepted ? quiet + 1 : 0
  }
}
