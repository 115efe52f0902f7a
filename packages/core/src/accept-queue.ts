import { performance } from 'node:perf_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import type { ConnectionSet } from './connection-set.ts'

/** Turns of the event loop without a new connection after which the accept queue counts as empty. */
const QUIET_TURNS = 3
/** A server under a steady stream of connections is never quiet … */
const LONGEST_MS = 1_000
/** … but all that waited at the start are in after as many as a queue holds: Node's default backlog. */
const LONGEST_QUEUE = 512

/**
 * Takes in what already waits in the accept queues of this many listeners, for at most `graceMs`:
 * closing a listener would reset it. libuv accepts one connection a turn of the loop
 * (https://github.com/libuv/libuv/issues/3696), so no fixed number of turns will do, and no fixed time
 * where every turn does a TLS handshake.
 */
export async function emptyAcceptQueue(
  connections: ConnectionSet,
  listeners: number,
  graceMs: number,
): Promise<void> {
  const began = performance.now()
  const atMost = connections.accepted + listeners * LONGEST_QUEUE
  let quiet = 0
  while (quiet < QUIET_TURNS) {
    const { accepted } = connections
    const ms = performance.now() - began
    if (ms > graceMs || (ms > LONGEST_MS && accepted >= atMost)) return
    await turn()
    quiet = connections.accepted === accepted ? quiet + 1 : 0
  }
}
