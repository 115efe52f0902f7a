import { origin, withSession } from './content.ts'

export interface Asked {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly version?: '1.0' | '1.1'
  /** Takes the validators of the same request's first answer along, or its cookies. */
  readonly again?: 'if-none-match' | 'if-modified-since' | 'if-range' | 'cookie'
}

const gzip = { 'accept-encoding': 'gzip' }
const json = { 'content-type': 'application/json' }

export const requests: Readonly<Record<string, Asked>> = {
  'a page': { path: '/text' },
  'a page over HTTP/1.0': { path: '/text', version: '1.0' },
  'the head of a page': { method: 'HEAD', path: '/text' },
  'a page that has not changed': { path: '/text', again: 'if-none-match' },
  JSON: { path: '/json' },
  'no content': { path: '/empty' },
  'the head of no content': { method: 'HEAD', path: '/empty' },
  'reset content': { path: '/reset' },
  'a redirect': { path: '/redirect' },
  'what is not there': { path: '/missing' },
  'a failure': { path: '/fails' },
  'the head of a failure': { method: 'HEAD', path: '/fails' },
  'a refusal': { path: '/refused' },
  'the head of a refusal': { method: 'HEAD', path: '/refused' },
  'what writeHead says': { path: '/raw' },
  trailers: { path: '/trailers' },
  'early hints': { path: '/hints' },
  'a large page': { path: '/large' },
  'the head of a large page': { method: 'HEAD', path: '/large' },
  'a large page, compressed': { path: '/large', headers: gzip },
  'the head of a large page, compressed': { method: 'HEAD', path: '/large', headers: gzip },
  'a large page by Brotli': { path: '/large', headers: { 'accept-encoding': 'br' } },
  'a page that is too small to compress': { path: '/text', headers: gzip },
  'a static file': { path: '/static/page.html' },
  'the head of a static file': { method: 'HEAD', path: '/static/page.html' },
  'a static file, compressed': { path: '/static/page.html', headers: gzip },
  'a static file that has not changed': { path: '/static/page.html', again: 'if-none-match' },
  'a static file that is not newer': { path: '/static/page.html', again: 'if-modified-since' },
  'a part of a static file': { path: '/static/page.html', headers: { range: 'bytes=2-50' } },
  'the end of a static file': { path: '/static/page.html', headers: { range: 'bytes=-7' } },
  'a part, if it is the same': {
    path: '/static/page.html',
    headers: { range: 'bytes=2-50' },
    again: 'if-range',
  },
  'a part that is not there': { path: '/static/page.html', headers: { range: 'bytes=9999999-' } },
  'a static file that is not there': { path: '/static/missing.html' },
  'a static file of another type': { path: '/static/image.svg' },
  'a file': { path: '/file' },
  'the head of a file': { method: 'HEAD', path: '/file' },
  'a file over HTTP/1.0': { path: '/file', version: '1.0' },
  'a file, compressed': { path: '/file', headers: gzip },
  'a part of a file': { path: '/file', headers: { range: 'bytes=100-70000' } },
  'a download': { path: '/download' },
  'a short stream': { path: '/stream' },
  'the head of a short stream': { method: 'HEAD', path: '/stream' },
  'a short stream over HTTP/1.0': { path: '/stream', version: '1.0' },
  'a short stream, compressed': { path: '/stream', headers: gzip },
  'a long stream': { path: '/long-stream' },
  'a long stream over HTTP/1.0': { path: '/long-stream', version: '1.0' },
  'a long stream, compressed': { path: '/long-stream', headers: gzip },
  'a sent file': { path: '/sent' },
  'a part of a sent file': { path: '/sent', headers: { range: 'bytes=2-50' } },
  'a view': { path: '/view' },
  'the head of a view': { method: 'HEAD', path: '/view' },
  'a view over HTTP/1.0': { path: '/view', version: '1.0' },
  'a view that has not changed': { path: '/view', again: 'if-none-match' },
  'a streamed view': { path: '/streamed-view' },
  'the head of a streamed view': { method: 'HEAD', path: '/streamed-view' },
  'a streamed view, compressed': { path: '/streamed-view', headers: gzip },
  cookies: { path: '/cookies', headers: { cookie: 'z=26' } },
  'cookies that come back': { path: '/cookies', again: 'cookie' },
  'a session': { path: withSession },
  'a session that goes on': { path: withSession, again: 'cookie' },
  'a JSON body': { method: 'POST', path: '/echo', headers: json, body: '{"a":[1,2]}' },
  'a form': {
    method: 'POST',
    path: '/echo',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'a=1&b=2',
  },
  'a body that is no JSON': { method: 'POST', path: '/echo', headers: json, body: '{"a":' },
  'a body that is too large': {
    method: 'POST',
    path: '/echo',
    headers: json,
    body: JSON.stringify('x'.repeat(2_000)),
  },
  'a request from elsewhere': { path: '/text', headers: { origin } },
  'a preflight request': {
    method: 'OPTIONS',
    path: '/text',
    headers: { origin, 'access-control-request-method': 'PUT' },
  },
}
