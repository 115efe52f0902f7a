import type { EventEmitter } from 'node:events'

/**
 * Node does its own where nobody listens for these events: hands no socket over for `'upgrade'` and `'connect'`,
 * says 100 Continue for `'checkContinue'`. So a listener of ours comes and goes with theirs, and in front of them.
 */
export function listenBeside<Args extends unknown[]>(
  server: EventEmitter,
  names: readonly string[],
  listener: (...args: Args) => void,
): void {
  for (const name of names) {
    if (server.listenerCount(name) > 0) server.prependListener(name, listener)
  }
  server.on('newListener', (name, added) => {
    if (added === listener || !names.includes(name)) return
    if (!server.listeners(name).includes(listener)) server.prependListener(name, listener)
  })
  server.on('removeListener', (name, removed) => {
    if (removed === listener || !names.includes(name)) return
    if (server.listenerCount(name) === 1) server.removeListener(name, listener)
  })
}
