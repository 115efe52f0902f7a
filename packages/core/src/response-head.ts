import type { OpenResponse } from './node-types.ts'

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
  const given = typeof reason === 'string' ? headers : (headers ?? reason)
  applyStatus(res, statusCode)
  if (typeof reason === 'string') res.statusMessage = checkReason(reason)
  if (Array.isArray(given)) applyRaw(res, given)
  else if (typeof given === 'object' && given !== null) applyObject(res, given)
}

/**
 * Whether `writeHead` may wait with these headers for the end of the response: they say how long its
 * body is. Given to Node as they are, they cost half of what they cost one by one.
 */
export function isWholeHead(headers: unknown): boolean {
  return typeof headers === 'object' && headers !== null && 'content-length' in headers
}

/** The status of `writeHead`, alone. */
export function applyStatus(res: OpenResponse, statusCode: number): void {
  res.statusCode = checkStatus(statusCode)
}

/** Removes every header, so that nothing of a failed page is left on the page that says so. */
export function clearHead(res: OpenResponse, isHttp2: boolean): void {
  for (const name of res.getHeaderNames()) res.removeHeader(name)
  // The setter of HTTP/2's compatibility API prints a warning.
  if (!isHttp2) res.statusMessage = ''
}

/**
 * Says how long the body is, where nothing else has been said. Node does it by itself on HTTP/1.1 alone,
 * and not once a Content-Length has been removed.
 */
export function declareLength(res: OpenResponse, length: number): void {
  const { statusCode } = res
  const hasBody =
    statusCode >= 200 && statusCode !== 204 && statusCode !== 205 && statusCode !== 304
  if (hasBody && !FRAMING_HEADERS.some((name) => res.hasHeader(name)))
    res.setHeader('content-length', length)
}

const FRAMING_HEADERS = ['content-length', 'transfer-encoding', 'trailer']

/**
 * Takes back a Content-Length that was said for another body than the one that was held: whoever set
 * it last knew nothing of what was written before. One that says more stays: a body that came out too short
 * is to be seen as such.
 */
export function correctLength(res: OpenResponse, length: number): void {
  const said = res.getHeader('content-length')
  if (said === undefined || Number(said) >= length || res.strictContentLength) return
  if (res.req?.method !== 'HEAD') res.setHeader('content-length', length)
}

/** Headers that describe a body, and would be wrong on any other (RFC 9110 §8); helmet's is none of them. */
const OF_THE_BODY =
  /^(content-(?!security-policy).*|etag|last-modified|accept-ranges|trailer|transfer-encoding)$/i

/** A response, or what a framework keeps its headers in until then. */
export interface HeadOwner {
  getHeaders(): object
  removeHeader(name: string): unknown
}

/**
 * Removes what the failed handler has set, and what describes its body whoever set that. Headers that
 * were there `before` it, of CORS or a request id, stay: the error page needs them as much.
 */
export function clearPageHeaders(head: HeadOwner, before: readonly string[]): void {
  for (const name of Object.keys(head.getHeaders())) {
    if (!before.includes(name) || OF_THE_BODY.test(name)) head.removeHeader(name)
  }
}

function checkStatus(given: number): number {
  const status = given | 0
  if (status >= 100 && status <= 999) return status
  const error = new RangeError(`Invalid status code: ${given}`)
  throw Object.assign(error, { code: 'ERR_HTTP_INVALID_STATUS_CODE' })
}

/** RFC 9112 §4: text, spaces and tabs. */
function checkReason(reason: string): string {
  if (!/[^\t\x20-\x7e\x80-\xff]/.test(reason)) return reason
  const error = new TypeError('Invalid character in statusMessage')
  throw Object.assign(error, { code: 'ERR_INVALID_CHAR' })
}

function applyObject(res: OpenResponse, headers: object): void {
  for (const name of Object.keys(headers)) {
    if (name !== '') res.setHeader(name, Reflect.get(headers, name))
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
