import type { Server } from 'node:net'

/** An application of a framework with its usual middlewares: with the adapter in front of them, or without. */
export type Start = (
  isMounted: boolean,
  log: (line: string) => void,
) => Promise<{ readonly server: Server; stop(): unknown }>
