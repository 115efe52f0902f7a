import type { HangupOptions } from '@hangup/core'
import type { Call, RawResponse } from '../../hosts/host.ts'
import { turns } from '../../support/turns.ts'

/** So that on a slow machine nothing is committed but by what the row is about. */
export const patient: HangupOptions = { buffer: { maxDelayMs: 60_000 } }

/** What describes a page, and a header of the handler's own. */
export const pageHeaders = {
  'content-type': 'text/csv',
  'content-disposition': 'attachment; filename=rows.csv',
  'cache-control': 'public, max-age=3600',
  etag: '"half"',
  'x-page': 'half',
}

/** The first half of a page, as a template writes it. Left to the framework, so that it is held. */
export async function writeHalf({ res }: Pick<Call, 'res'>): Promise<void> {
  res.statusCode = 203
  for (const [name, value] of Object.entries(pageHeaders)) res.setHeader(name, value)
  await writeSpaced(res, 10)
}

export async function writeSpaced(res: RawResponse, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    res.write(row(i))
    await turns(1)
  }
}

/** The rows as a source of their own, one a turn. */
export async function* spacedRows(count: number): AsyncGenerator<string> {
  for (let i = 0; i < count; i++) {
    yield row(i)
    await turns(1)
  }
}

export function rows(count: number): string {
  return Array.from({ length: count }, (_, i) => row(i)).join('')
}

function row(i: number): string {
  return `row ${String(i).padStart(4, '0')}\n`
}

export const rowBytes = row(0).length
