import type { Table } from './table.ts'
import type { Verdict } from './verdict.ts'

export const HOSTS = ['node', 'express', 'koa', 'fastify'] as const
export type Host = (typeof HOSTS)[number]

/** What a group of measurements is run with. */
export interface Context {
  /** Those that were asked for; all of them where none was. */
  readonly hosts: readonly Host[]
  /** A small part of everything, to see whether it runs. */
  readonly isQuick: boolean
  progress(text: string): void
}

export interface Found {
  readonly tables: readonly Table[]
  readonly verdicts: readonly Verdict[]
  /** Whatever else the JSON is to keep. */
  readonly data: unknown
}

/** Measurements that are run together: `npm run bench -- <name>`. */
export interface Group {
  readonly name: string
  run(context: Context): Promise<Found>
}
