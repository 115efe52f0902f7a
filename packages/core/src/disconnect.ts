import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import { Connection, knownConnection, markConnection, type Watched } from './connection.ts'
import { closeGently, failUploadOnClose, skipUpload } from './early-reply.ts'
import { sessionEnded, streamReset } from './http2-codes.ts'
import type { Http2Stream, OpenResponse, Request, Socket } from './node-types.ts'
import { closeUnheard, endUnheard } from './untouched-request.ts'

/*
 * The one place that decides that a client is gone.
 *
 * HTTP/1: neither `req` nor `res` can be asked. `req` closes as soon as its body has been read,
 * `'finish'` comes after a failed flush too (Node 20 and 22), and responses queued by pipelining get
 * no event at all (Node 20 and 22). The socket knows: it is heard in `emit`, by functions that all share, and
 * its connection has the list of its open exchanges.
 *
 * HTTP/2: `'finish'` comes after every RST_STREAM. The stream knows, when it closes.
 */

const exchangeKey = Symbol.for('hangup.exchange')

interface Marked {
  [exchangeKey]?: Watched
}

/** The exchange that was begun for this request or response, by this or another copy of core. */
export function knownExchange(message: object): Watched | undefined {
  return (message as Marked)[exchangeKey]
}

/** Tells the exchange, once, whether its response was flushed or who cut it short. */
export function watchExchange(exchange: Watched): void {
  const { req, res } = exchange
  // Two places, not one function of both: V8 learns the shape of what is marked by the place.
  const request = req as Request & Marked
  request[exchangeKey] = exchange
  const response = res as OpenResponse & Marked
  response[exchangeKey] = exchange
  if ('stream' in req) watchStream(exchange, req)
  else watchConnection(exchange, req.socket)
}

/** Looks now: for who has heard of an error before the socket or the stream has closed. */
export function lookForDisconnect(exchange: Watched): void {
  if (exchange.ended !== undefined) return
  const { req } = exchange
  if ('stream' in req) {
    if (req.stream.destroyed || req.stream.aborted) judgeStream(exchange, req.stream)
    return
  }
  // Node takes `req.socket` away when a loop over the body is left early (row B10 "by an error after").
  const socket = exchange.connection?.socket ?? req.socket
  if (socket.destroyed || socket.errored || isReset(req.errored)) judge(exchange, socket)
}

function isReset(error: Error | null): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'ECONNRESET'
}

function watchConnection(exchange: Watched, socket: Socket): void {
  const connection = knownConnection(socket) ?? followConnection(socket)
  exchange.connection = connection
  connection.begin(exchange)
  if (!exchange.obeysHalfClose) allowHalfClose(socket)
  exchange.res.on('finish', responseFinished)
  endUnheard(exchange.req as IncomingMessage)
  if (socket.destroyed) judge(exchange, socket)
}

/** Both must be set before the client's FIN: what Node does on it is decided there and then. */
function allowHalfClose(socket: Socket): void {
  const { server }: Socket & { server?: object } = socket
  socket.allowHalfOpen = true
  if (server !== undefined) Object.assign(server, { httpAllowHalfOpen: true })
}

export function followConnection(socket: Socket, connection = new Connection(socket)): Connection {
  markConnection(socket, connection)
  closeGently(socket)
  hear(socket)
  return connection
}

/**
 * From here on this socket's events come here before its listeners, of which Node's own close the response
 * and unpipe its source. Listeners of ours would cost an idle connection 300 bytes more
 * ([decision 012](../../../docs/decisions/012-sockets-are-heard-in-emit.md)).
 */
export function hear(socket: Socket): void {
  const { emit }: EventEmitter = socket
  socket.emit = emit === EventEmitter.prototype.emit ? emitHeard : emitHeardBy(emit)
}

function emitHeard(this: Socket, event: string | symbol, ...args: unknown[]): boolean {
  heard(this, event, args[0])
  return EventEmitter.prototype.emit.call(this, event, ...args)
}

/** For who has put something in the place of `emit` before. */
function emitHeardBy(emit: EventEmitter['emit']): EventEmitter['emit'] {
  return function (this: Socket, event: string | symbol, ...args: unknown[]) {
    heard(this, event, args[0])
    return emit.call(this, event, ...args)
  }
}

function heard(socket: Socket, event: string | symbol, error: unknown): void {
  if (event === 'close') socketClosed(socket)
  else if (event === 'end') socketEnded(socket)
  else if (event === 'error') socketFailed(socket, error as Error)
}

/**
 * For a response that the kernel may not take at once: on Node 20 and 22 `'finish'` comes after a failed
 * flush too, and an access log that began before this exchange hears it first.
 */
export function watchFlush({ connection, res }: Watched): void {
  if (connection !== undefined) res.prependListener('finish', flushEnded)
}

function flushEnded(this: OpenResponse): void {
  const exchange = knownExchange(this)
  if (exchange !== undefined) lookForDisconnect(exchange)
}

function responseFinished(this: OpenResponse & Marked): void {
  const exchange = this[exchangeKey]
  if (exchange?.connection === undefined) return
  const { connection } = exchange
  const { socket } = connection
  // Requests made by `inject()` do not say whether they are complete.
  const req = exchange.req as IncomingMessage
  closeUnheard(req)
  if (socket.destroyed || socket.errored) {
    judge(exchange, socket)
    return
  }
  forget(connection, exchange)
  exchange.flushed()
  if (req.complete === false && !('stream' in req)) {
    skipUpload(connection, req)
    failUploadOnClose(socket, req)
  }
  connection.cutIfNext()
}

function socketFailed(socket: Socket, error: Error): void {
  const connection = knownConnection(socket)
  if (connection?.socket !== socket) return
  connection.failure = error
  if (socket.writableLength > 0) connection.unsent = socket.writableLength
  // Not left to `'close'`: `on-finished`, and so morgan, looks at the response now.
  if (socket.destroyed) judgeAll(connection)
}

/** FIN. A response that is complete but still being flushed may yet be read. */
function socketEnded(socket: Socket): void {
  const connection = knownConnection(socket)
  if (connection?.socket !== socket) return
  connection.unsent = socket.writableLength
  for (const exchange of connection.open()) exchange.endedByClient()
}

function socketClosed(socket: Socket): void {
  const connection = knownConnection(socket)
  if (connection === undefined) return
  if (connection.socket === socket) judgeAll(connection)
  if (connection.tcp === socket) connection.closed?.(connection)
}

function judgeAll(connection: Connection): void {
  for (const exchange of connection.open()) judge(exchange, connection.socket)
}

function judge(exchange: Watched, socket: Socket): void {
  const { errored } = socket
  if (exchange.connection !== undefined) forget(exchange.connection, exchange)
  const hasLeft = socket.readableEnded && exchange.obeysHalfClose
  if (hasLeft || isPeerError(errored)) exchange.clientLeft(errored ?? undefined)
  else exchange.closedHere('server', errored ?? undefined)
}

/** A reset, or bytes that are not HTTP; not what a time-out of ours or the handler destroyed it with. */
function isPeerError(error: Error | null): boolean {
  if (error === null) return false
  const { code = '', syscall } = error as NodeJS.ErrnoException
  return syscall !== undefined || /^(HPE_|ERR_SSL_|ECONNRESET$|EPIPE$|ECANCELED$)/.test(code)
}

function forget(connection: Connection, exchange: Watched): void {
  connection.forget(exchange)
  if (connection.oldest !== undefined) return
  connection.bytesReadWhenIdle = connection.socket.bytesRead
}

/**
 * The stream's `'aborted'` and `'close'` come to the request at once, and first to it. There they are mostly
 * alone; beside the listeners that the stream has already, they would cost each stream two arrays.
 */
function watchStream(exchange: Watched, req: Http2ServerRequest): void {
  const { stream } = req
  exchange.connection = knownConnection(stream.session)
  if (exchange.connection !== undefined) exchange.connection.isUsed = true
  req.prependListener('aborted', streamClosed)
  req.prependListener('close', streamClosed)
  if (stream.destroyed) judgeStream(exchange, stream)
}

/** A request is also closed by who reads no more of it. */
function streamClosed(this: Http2ServerRequest): void {
  const exchange = knownExchange(this)
  const { stream } = this
  if (exchange !== undefined && (stream.destroyed || stream.aborted)) judgeStream(exchange, stream)
}

function judgeStream(exchange: Watched, stream: Http2Stream): void {
  if (exchange.ended !== undefined) return
  const rstCode = stream.rstCode ?? 0
  const isWhole = stream.writableFinished && !stream.aborted && rstCode === 0
  if (isWhole) exchange.flushed()
  else if (isClosedHere(exchange, stream))
    exchange.closedHere('server', stream.errored ?? undefined)
  else exchange.clientLeft(saidOn(stream, exchange, rstCode))
  // Reset with NO_ERROR before its end it would stay as it is, and keep its session open (Node 20 to 24).
  if (!isWhole && rstCode === 0 && !stream.destroyed) setImmediate(destroyStream, stream)
}

/** Node's own errors name the code in their text alone. */
function saidOn(stream: Http2Stream, { connection }: Watched, rstCode: number): Error {
  const error: NodeJS.ErrnoException | null = stream.errored ?? connection?.socket.errored ?? null
  if (error === null || error.code === 'ERR_HTTP2_STREAM_ERROR') return streamReset(rstCode)
  return error.code === 'ERR_HTTP2_SESSION_ERROR' ? sessionEnded(rstCode) : error
}

/**
 * Whether this side closed the stream or its session. A client's RST_STREAM finds the stream not yet
 * destroyed; FIN and errors show on the socket.
 */
function isClosedHere({ connection }: Watched, stream: Http2Stream): boolean {
  const { session } = stream
  const socket = connection?.socket ?? (session?.destroyed === false ? session.socket : undefined)
  if (stream.errored) {
    // What comes with the end of the connection says nothing of who ended it.
    const isLost = session?.destroyed !== false || socket === undefined || socket.readableEnded
    return !isLost && !isPeerStreamError(stream.errored, socket)
  }
  if (socket === undefined) return false
  if (socket.destroyed || session?.destroyed)
    return !socket.readableEnded && !isPeerError(socket.errored)
  return stream.aborted && stream.destroyed
}

/** HTTP/2's own, or the socket's; not what the handler destroyed the stream with. */
function isPeerStreamError(error: Error, socket: Socket | undefined): boolean {
  const { code = '' } = error as NodeJS.ErrnoException
  return error === socket?.errored || /^(ERR_HTTP2_|ERR_SSL_|ECONNRESET$|EPIPE$)/.test(code)
}

function destroyStream(stream: Http2Stream): void {
  if (!stream.destroyed) stream.destroy()
}
