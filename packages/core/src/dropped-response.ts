import type { Readable } from 'node:stream'
import type { OpenResponse } from './node-types.ts'

/**
 * Makes the headers of a response that nobody receives harmless to set, and ends what is piped into
 * it: `source.pipe(res)` would leave its file open (the response closes, the source does not).
 */
export function dropHeaders(res: OpenResponse): void {
  res.setHeader = ignore
  res.appendHeader = ignore
  res.removeHeader = ignore
  res.addTrailers = ignore
  res.on('pipe', destroySource)
  res.on('unpipe', destroySource)
}

function ignore(this: OpenResponse): OpenResponse {
  return this
}

function destroySource(source: Readable): void {
  source.destroy()
}
