import type { Server } from 'node:net'
import type { Logger } from './logger.ts'
import type { Request, Socket } from './node-types.ts'

/** Time for a server to be attached after all, or to be closed again: supertest opens one for each request. */
const REMIND_AFTER_MS = 1_000

/** Told of each request that is served while no server is attached. */
export type AttachReminder = (req: Request) => void

/**
 * Warns, once, of a server that goes on serving and was never given to `attach`: without that a signal ends
 * the process in the middle of its requests, and nothing says why. Requests without a server, those of
 * `inject()`, are none of its business.
 */
export function createAttachReminder(
  logger: Logger,
  signals: readonly string[],
  isNeedless: () => boolean,
): AttachReminder {
  let isSet = false

  function remind(server: Server): void {
    isSet = server.listening
    if (isNeedless() || !server.listening) return
    const ways = [...signals, 'server.close()'].join(', ')
    logger.warn({}, `no server is attached: call hang.attach(server), or ${ways} will not drain`)
  }

  return ({ socket }) => {
    if (isSet) return
    const { server }: Socket & { server?: Server } = socket
    if (server === undefined) return
    isSet = true
    setTimeout(remind, REMIND_AFTER_MS, server).unref()
  }
}
