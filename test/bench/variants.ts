export const HOSTS = ['node', 'express', 'koa', 'fastify'] as const
export type Host = (typeof HOSTS)[number]

/** What a server of the benchmark has of us. */
export type Variant =
  | 'without'
  | 'with'
  /** `buffer: false` */
  | 'unheld'
  /** The handler reads `signal`. */
  | 'touched'

export const VARIANT_NAMES: Record<Variant, string> = {
  without: 'without us',
  with: 'with us',
  unheld: 'buffer: false',
  touched: 'signal read',
}

/** What is asked of a server, and what its figures are measured against. */
export interface Course {
  readonly name: string
  readonly path: string
  readonly connections: number
  readonly variants: readonly Exclude<Variant, 'without'>[]
}

export const HELLO: Course = {
  name: 'hello',
  path: '/',
  connections: 50,
  variants: ['with', 'unheld', 'touched'],
}

export const PAGE: Course = {
  name: '100 spaced writes',
  path: '/page',
  connections: 10,
  variants: ['with'],
}
