import type { Server } from 'node:net'
import type { FastifyInstance } from 'fastify'

/**
 * The other servers of an application that listens on `localhost`: one for each address behind the
 * name. Fastify has no public word for them, and closes them only after the first one; without this
 * they would go on accepting while the application drains. A conformance row fails if this changes.
 */
export function bindingsOf(root: FastifyInstance): Server[] {
  const key = Object.getOwnPropertySymbols(root).find(
    ({ description }) => description === 'fastify.serverBindings',
  )
  return key === undefined ? [] : Reflect.get(root, key)
}
