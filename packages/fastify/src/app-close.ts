import type { FastifyInstance } from 'fastify'

/** The application itself: inside a plugin with a prefix `app` is a child of it. */
export function rootOf(app: FastifyInstance): FastifyInstance {
  let root = app
  for (
    let parent = Object.getPrototypeOf(root);
    parent !== Object.prototype;
    parent = Object.getPrototypeOf(root)
  ) {
    root = parent
  }
  return root
}

/**
 * Makes `app.close()` drain first: Fastify's own would answer 503 on every open connection before any
 * hook runs. Returns Fastify's own `close`, which runs its `onClose` hooks, once; a clean-up function that
 * calls `app.close()`, as NestJS does, need not wait for it: it comes next.
 */
export function takeOverAppClose(
  root: FastifyInstance,
  drain: () => Promise<unknown>,
  isCleanup: () => boolean,
): () => Promise<void> {
  const fastifyClose: () => Promise<void> = root.close.bind(root)
  let closed: Promise<void> | undefined

  function closeOnce(): Promise<void> {
    closed ??= fastifyClose()
    return closed
  }

  async function close(): Promise<void> {
    if (isCleanup()) return
    await drain()
    await closeOnce()
  }

  root.close = ((callback?: (error?: unknown) => void) => {
    const done = close()
    if (typeof callback !== 'function') return done
    done.then(() => callback(), callback)
    return undefined
  }) as FastifyInstance['close']
  return closeOnce
}
