import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** The published packages, each after those that it rests on. */
export const packages = [
  'core',
  'express',
  'koa',
  'fastify',
  'prometheus',
  'opentelemetry',
  'check',
]
