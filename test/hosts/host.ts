import type { IncomingHttpHeaders } from 'node:http'
import type { Server } from 'node:net'
import type { Duplex, Readable, Writable } from 'node:stream'
import type { Exchange, Hangup, HangupOptions } from '@hangup/core'
import type { ErrorLog } from './error-log.ts'

/** A framework on a kind of server, and the protocol that the rows' clients speak to it. */
export interface Host {
  readonly name: string
  readonly framework: 'node' | 'express' | 'koa' | 'fastify'
  readonly speaks: 'http/1.1' | 'h2'
  readonly tls: boolean
  /** What this host cannot do: a promise's number (`D6`) or a row's whole name, and the reason. */
  readonly cannot: Readonly<Record<string, string>>
  /** Listens on 127.0.0.1, with the adapter mounted as its documentation says. */
  start(routes: Routes, setup?: Setup): Promise<RunningHost>
}

/** Handlers by path, for every method. A path that is not here gets the framework's own 404. */
export type Routes = Readonly<Record<string, Handler>>

/**
 * Answers by `send`, `stream` or `raw()` before it returns or its promise settles.
 * What it throws or rejects with goes to the framework.
 */
export type Handler = (call: Call) => unknown

/** One request, shown alike by all frameworks. */
export interface Call {
  readonly req: RawRequest
  readonly res: RawResponse
  /** As the framework shows it: `req.exchange`, `ctx.exchange`, `request.exchange`. */
  readonly exchange: Exchange
  /** As the framework shows it; nothing is read before this is. */
  readonly signal: AbortSignal
  /**
   * The whole request body. `text/plain` is read by the framework's own parser, before the handler
   * where it has one; `application/octet-stream` stays unread until this is called.
   */
  body(): Promise<string>
  send(status: number, body?: string | Buffer, headers?: Record<string, string>): void
  /** Return or await what this gives: where the framework has no word for it, it is a `pipeline`. */
  stream(body: Readable, headers?: Record<string, string>): unknown
  /** Answers by the handle's own readiness probe. */
  health(): void
  /** Takes the raw response away from the framework (`ctx.respond = false`, `reply.hijack()`). */
  raw(): RawResponse
}

/** What `http.IncomingMessage` and `http2.Http2ServerRequest` have in common. */
export interface RawRequest extends Readable {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly httpVersion: string
  readonly headers: IncomingHttpHeaders
  readonly socket: Duplex
}

/** What `http.ServerResponse` and `http2.Http2ServerResponse` have in common. */
export interface RawResponse extends Writable {
  statusCode: number
  readonly headersSent: boolean
  setHeader(name: string, value: string | number | readonly string[]): unknown
  getHeader(name: string): string | number | string[] | undefined
  removeHeader(name: string): void
  writeHead(status: number, headers?: RawHeaders): unknown
  writeHead(status: number, reason: string, headers?: RawHeaders): unknown
  addTrailers(trailers: Record<string, string>): void
  /** HTTP/1 alone, as `writeProcessing`. */
  setHeaders?(headers: Map<string, string>): unknown
  writeContinue(done?: () => void): void
  writeProcessing?(done?: () => void): void
  writeEarlyHints(hints: Record<string, string>, done?: () => void): void
  flushHeaders?(): void
  /** What `compression` adds, and what those who stream events call. */
  flush?(): void
}

export type RawHeaders = Record<string, string | number | string[]>

export interface Setup {
  /** On top of the defaults for tests: no signal handlers, and a drain that ends within a second. */
  readonly options?: HangupOptions
  /** `false`: the server is never given to `attach`. Fastify attaches by itself. Default: true. */
  readonly attach?: boolean
  /**
   * Where the adapter stands. `'twice'`: the same one again, and another after it. `'after-body-parser'`
   * and `'after-answer'`: something before it has read the body, or has ended the response.
   * Default: `'first'`.
   */
  readonly mounted?: 'first' | 'twice' | 'after-body-parser' | 'after-answer'
  /** Fastify's own `handlerTimeout`. */
  readonly handlerTimeoutMs?: number
}

export interface RunningHost {
  readonly host: Host
  /** `http://127.0.0.1:port`, or `https:`. */
  readonly url: string
  readonly port: number
  readonly hang: Hangup
  readonly server: Server
  /** All that the framework logged or emitted as an error, and all that reached the process. */
  readonly errors: ErrorLog
  /** Closes in the framework's own way: `server.close()`, `app.close()`. */
  close(): Promise<void>
  /** For the end of a row: destroys what is open, then closes. May be called after `close()`. */
  stop(): Promise<void>
  /** Fastify's `app.inject()`. */
  inject?(request: {
    method: 'GET' | 'POST'
    url: string
    payload?: string
    headers?: Record<string, string>
  }): Promise<{
    statusCode: number
    body: string
  }>
}

export function pathOf(url = '/'): string {
  return new URL(url, 'http://localhost').pathname
}
