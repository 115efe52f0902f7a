import { Server } from 'node:net'

/**
 * Shuts the listener, be it still looking up its address, and does nothing else. `http.Server#close` also
 * destroys idle connections, cuts responses that are still being flushed, and stops the timers that bound a
 * half-sent head; Node 26 destroys connections that it has not parsed yet, too
 * (https://github.com/nodejs/node/pull/63470).
 */
export function stopListening(server: Server): void {
  Server.prototype.close.call(server)
}
