import { Readable } from 'node:stream'
import type { HangupOptions } from '@hangup/core'
import type { Call, Handler, RawResponse } from '../../hosts/host.ts'
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

/** Ways to make a page of 100 rows with a turn of the event loop between any two. */
export const spacedPages: Readonly<Record<string, Handler>> = {
  'spaced writes': async ({ res }) => {
    res.statusCode = 200
    await writeSpaced(res, 100)
    res.end()
  },
  'spaced writes of bytes': async ({ res }) => {
    res.statusCode = 200
    for await (const part of spacedRows(100)) res.write(Buffer.from(part))
    res.end()
  },
  'spaced pieces of a stream': (call) => call.stream(Readable.from(spacedRows(100))),
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
