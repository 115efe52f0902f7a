import type { Server } from 'node:net'
import type { Hangup } from '@hangup/core'
import type { ErrorLog } from './error-log.ts'
import type { Host, RunningHost } from './host.ts'
import { portOf, trackSockets } from './transport.ts'

interface Parts {
  readonly host: Host
  readonly hang: Hangup
  readonly server: Server
  readonly errors: ErrorLog
  close(): Promise<void>
}

/** What all hosts have in common once their server listens. */
export function running({ host, hang, server, errors, close }: Parts): RunningHost {
  const sockets = trackSockets(server)
  const port = portOf(server)
  let closed: Promise<void> | undefined
  const closeOnce = () => {
    closed ??= close()
    return closed
  }
  return {
    host,
    hang,
    server,
    errors,
    port,
    url: `${host.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    close: closeOnce,
    async stop() {
      sockets.destroyAll()
      await closeOnce()
      errors.close()
    },
  }
}
