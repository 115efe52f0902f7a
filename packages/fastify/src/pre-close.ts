import type { FastifyInstance } from 'fastify'

type Hook = (this: FastifyInstance, done?: (error?: unknown) => void) => unknown
type AddHook = (this: FastifyInstance, name: string, fn: unknown) => FastifyInstance

/**
 * Lets `preClose` hooks run when the drain starts: they end what never ends by itself, such as the sockets
 * of `@fastify/websocket`, and behind the drain it would wait for these until its soft deadline. Returns
 * what runs them. Fastify's own close, which comes after the drain, finds that they have run.
 */
export function takeOverPreClose(root: FastifyInstance): () => Promise<void> {
  const hooks: (() => Promise<void>)[] = []
  // Its overloads, one for each hook, cannot be called with any of them.
  const addHook = root.addHook as unknown as AddHook

  function addHookOnce(this: FastifyInstance, name: string, fn: unknown): FastifyInstance {
    if (name !== 'preClose' || typeof fn !== 'function') return addHook.call(this, name, fn)
    const hook = once(this, fn as Hook)
    hooks.push(hook)
    return addHook.call(this, name, async () => hook())
  }
  root.addHook = addHookOnce as FastifyInstance['addHook']

  return async () => {
    const failures: unknown[] = []
    for (const hook of hooks) await hook().catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw new AggregateError(failures, 'preClose hooks have failed')
  }
}

/** The rules are Fastify's: a hook that takes an argument calls it, any other may return a promise. */
function once(app: FastifyInstance, hook: Hook): () => Promise<void> {
  let run: Promise<void> | undefined
  const call = async () => {
    if (hook.length === 0) await hook.call(app)
    else
      await new Promise<void>((resolve, reject) =>
        hook.call(app, (error) => (error == null ? resolve() : reject(error))),
      )
  }
  return () => {
    run ??= call()
    return run
  }
}
