import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type {
  Http2ServerRequest,
  Http2ServerResponse,
  ServerHttp2Session,
  ServerHttp2Stream,
} from 'node:http2'
import type { Socket } from 'node:net'

/** A request as `node:http`, `node:https` or the compatibility API of `node:http2` hands it over. */
export type Request = IncomingMessage | Http2ServerRequest

/** The response that belongs to a {@link Request}. */
export type Response = ServerResponse | Http2ServerResponse

export type HeaderValue = number | string | readonly string[]

/**
 * What core calls on a response. HTTP/1 and HTTP/2 responses both have it, but the union of their
 * overloads cannot be called, so it is written down once, here.
 */
export interface OpenResponse extends EventEmitter {
  statusCode: number
  statusMessage: string
  readonly headersSent: boolean
  /** HTTP/1 alone, as the two that follow. `null`: it waits behind another on its connection. */
  readonly socket?: object | null
  readonly closed?: boolean
  readonly strictContentLength?: boolean
  readonly chunkedEncoding?: boolean
  readonly req?: { readonly method?: string | undefined }
  readonly writableEnded: boolean
  /** HTTP/2's responses do not have it. */
  readonly destroyed?: boolean
  write(chunk: unknown, encoding?: unknown, callback?: unknown): boolean
  end(chunk?: unknown, encoding?: unknown, callback?: unknown): unknown
  writeHead(statusCode: number, reason?: unknown, headers?: unknown): unknown
  /** HTTP/2 alone. */
  readonly stream?: { readonly destroyed: boolean }
  /** HTTP/2's responses have it too; their types do not. */
  flushHeaders?: () => void
  destroy(error?: unknown): unknown
  addTrailers(headers: unknown): void
  setHeader(name: string, value: HeaderValue): unknown
  appendHeader(name: string, value: string | readonly string[]): unknown
  /** HTTP/1 alone, as `writeProcessing`. */
  setHeaders?(headers: unknown): unknown
  writeContinue(callback?: unknown): unknown
  writeProcessing?(callback?: unknown): unknown
  writeEarlyHints(hints: unknown, callback?: unknown): unknown
  getHeader(name: string): HeaderValue | undefined
  hasHeader(name: string): boolean
  removeHeader(name: string): void
  getHeaderNames(): string[]
  getHeaders(): object
}

export type Http2Stream = ServerHttp2Stream
export type Http2Session = ServerHttp2Session
export type { Socket }

export function isHttp2(req: Request): req is Http2ServerRequest {
  return req.httpVersionMajor >= 2
}
