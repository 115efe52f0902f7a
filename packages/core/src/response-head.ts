import type { HeaderValue, OpenResponse } from './node-types.ts'

/**
 * What `writeHead` would put on the wire, kept as status and headers that can still change. Throws
 * what Node throws for a status or a header that is not valid.
 */
export function applyHead(
  res: OpenResponse,
  statusCode: number,
  reason: unknown,
  headers: unknown,
): void {
  const status = checkStatus(statusCode)
  const given = typeof reason === 'string' ? headers : (headers ?? reason)
  res.statusCode = status
  if (typeof reason === 'string') res.statusMessage = reason
  if (Array.isArray(given)) applyRaw(res, given)
  else if (typeof given === 'object' && given !== null) applyObject(res, given)
}

/** Removes every header, so that nothing of a failed page is left on the page that says so. */
export function clearHead(res: OpenResponse, isHttp2: boolean): void {
  for (const name of res.getHeaderNames()) res.removeHeader(name)
  // The setter of HTTP/2's compatibility API prints a warning.
  if (!isHttp2) res.statusMessage = ''
}

/** Headers that describe one page, and would be wrong on any other (RFC 9110 §8, RFC 9111 §5). */
const PAGE_HEADERS = [
  'accept-ranges',
  'age',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'link',
  'location',
  'refresh',
  'set-cookie',
  'trailer',
  'transfer-encoding',
]

/** For frameworks whose middlewares set headers of their own before the page: CORS, request ids. */
export function clearPageHeaders(res: OpenResponse): void {
  for (const name of PAGE_HEADERS) res.removeHeader(name)
}

function checkStatus(given: number): number {
  const status = given | 0
  if (status >= 100 && status <= 999) return status
  const error = new RangeError(`Invalid status code: ${given}`)
  throw Object.assign(error, { code: 'ERR_HTTP_INVALID_STATUS_CODE' })
}

function applyObject(res: OpenResponse, headers: object): void {
  for (const [name, value] of Object.entries(headers)) {
    if (name !== '') res.setHeader(name, value as HeaderValue)
  }
}

/** `[name, value, name, value]` or `[[name, value]]`; a name that comes twice is sent twice. */
function applyRaw(res: OpenResponse, headers: readonly unknown[]): void {
  const flat = Array.isArray(headers[0]) ? headers.flat() : headers
  if (flat.length % 2 !== 0) {
    const error = new TypeError(
      `The argument 'headers' is invalid. Received an odd number of names and values`,
    )
    throw Object.assign(error, { code: 'ERR_INVALID_ARG_VALUE' })
  }
  for (let i = 0; i < flat.length; i += 2) res.removeHeader(String(flat[i]))
  for (let i = 0; i < flat.length; i += 2) res.appendHeader(String(flat[i]), flat[i + 1] as string)
}
