import type { Server } from 'node:net'
import { optionError } from './errors.ts'

/** Checks that this is a server, and not the application that makes one. */
export function checkServer(server: unknown): asserts server is Server {
  const isServer =
    typeof server === 'object' &&
    server !== null &&
    ['close', 'listen', 'on', 'address'].every(
      (name) => typeof Reflect.get(server, name) === 'function',
    )
  if (!isServer)
    throw optionError(
      'attach(server)',
      'a server of Node, such as app.listen(3000) returns',
      server,
    )
}

/**
 * Makes every way of closing this server the same drain: `server.close()` from anyone, and
 * `server[Symbol.asyncDispose]`. Returns what runs Node's own `close`, which is for the end: it stops the
 * timers that the server has kept.
 */
export function takeOverClose(
  server: Server,
  drain: (why: string) => Promise<unknown>,
  isOver: () => boolean,
): () => void {
  const nodeClose = server.close
  server.close = function close(this: Server, callback?: (error?: Error) => void) {
    // One that listens again after its drain closes as Node has it.
    if (isOver() && this.listening) return nodeClose.call(this, callback)
    // The framework's own close, which comes last, closes its servers and waits for them.
    const closed = isOver() ? Promise.resolve() : drain('server.close()')
    if (typeof callback === 'function') closed.then(() => callback())
    return this
  }
  Object.defineProperty(server, Symbol.asyncDispose, {
    configurable: true,
    value: () => new Promise<void>((closed) => server.close(() => closed())),
  })
  return () => nodeClose.call(afterwards(server))
}

/**
 * The server as its own close is to find it: it has said `'close'`, and Node 20 trips over a connection that was
 * reset under TLS.
 */
function afterwards(server: Server): Server {
  return Object.create(server, {
    emit: { value: () => false },
    closeIdleConnections: { value() {} },
  })
}
