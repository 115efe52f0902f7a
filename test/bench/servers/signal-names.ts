/** The first is the server without any signal. */
export const NODE_SIGNALS = [
  'node: none',
  'node: hangup',
  "node: res.on('close') by hand",
  'node: native req.signal',
] as const

export const FASTIFY_SIGNALS = [
  'fastify: none',
  'fastify: hangup',
  "fastify: Fastify's own",
  'fastify: fastify-racing',
] as const

export type SignalName = (typeof NODE_SIGNALS | typeof FASTIFY_SIGNALS)[number]
