/** What closes a server in the comparison: three of them on Fastify, the others on bare Node. */
export const LIBRARIES = [
  'hangup',
  'closeAllConnections()',
  'server.close()',
  'http-terminator',
  'stoppable',
  '@godaddy/terminus',
  'http-graceful-shutdown',
  'hangup, Fastify',
  'fastify-graceful-shutdown',
  'close-with-grace, Fastify',
] as const
export type Library = (typeof LIBRARIES)[number]

export function isOurs(library: Library): boolean {
  return library.startsWith('hangup')
}
