import type { OpenResponse } from './node-types.ts'

/** What takes a response's calls in Node's place. */
export interface ResponseCalls {
  write(chunk: unknown, encoding: unknown, callback: unknown): boolean
  end(chunk: unknown, encoding: unknown, callback: unknown): unknown
  writeHead(statusCode: number, reason: unknown, headers: unknown): unknown
  addTrailers(headers: unknown): void
  flushHeaders(): void
  flush(): void
  destroy(error: unknown): unknown
}

/** Node's own functions, for who stands in their place. */
export interface NodeMethods
  extends Pick<OpenResponse, 'write' | 'end' | 'writeHead' | 'addTrailers' | 'destroy'> {
  readonly flushHeaders: OpenResponse['flushHeaders']
}

let lastSeen: NodeMethods | undefined

/** Nearly all responses of a process have the same ones, and share one object of them. */
export function methodsOf(res: OpenResponse): NodeMethods {
  const { write, end, writeHead, addTrailers, flushHeaders, destroy } = res
  const seen = lastSeen
  const isSame =
    seen?.write === write &&
    seen.end === end &&
    seen.writeHead === writeHead &&
    seen.addTrailers === addTrailers &&
    seen.flushHeaders === flushHeaders &&
    seen.destroy === destroy
  if (isSame) return seen
  lastSeen = { write, end, writeHead, addTrailers, flushHeaders, destroy }
  return lastSeen
}

const callsKey = Symbol.for('hangup.calls')

interface Taken extends OpenResponse {
  [callsKey]: ResponseCalls
  /** Not Node's: what `compression` adds, and what those who stream through it call. */
  flush: () => void
}

/**
 * Makes the response's calls go to `calls`: own properties, the same functions on every response. A
 * patched prototype would touch all servers of the process, and Express swaps prototypes on each
 * request.
 */
export function takeCalls(response: OpenResponse, calls: ResponseCalls): void {
  const res = response as Taken
  res[callsKey] = calls
  res.write = write
  res.end = end
  res.writeHead = writeHead
  res.addTrailers = addTrailers
  res.flushHeaders = flushHeaders
  res.flush = flush
  res.destroy = destroy
}

/** Puts our `flush` in front of one that was added later: what is flushed there must not be held here. Returns whether none was. */
export function takeFlush(response: OpenResponse): boolean {
  const res = response as Taken
  const added = res.flush
  if (added === flush) return true
  res.flush = function flushBoth(this: Taken) {
    this[callsKey].flush()
    added.call(this)
  }
  return false
}

function write(this: Taken, chunk: unknown, encoding?: unknown, callback?: unknown): boolean {
  return this[callsKey].write(chunk, encoding, callback)
}

function end(this: Taken, chunk?: unknown, encoding?: unknown, callback?: unknown): unknown {
  return this[callsKey].end(chunk, encoding, callback)
}

function writeHead(this: Taken, status: number, reason?: unknown, headers?: unknown): unknown {
  return this[callsKey].writeHead(status, reason, headers)
}

function addTrailers(this: Taken, headers: unknown): void {
  this[callsKey].addTrailers(headers)
}

function flushHeaders(this: Taken): void {
  this[callsKey].flushHeaders()
}

function flush(this: Taken): void {
  this[callsKey].flush()
}

function destroy(this: Taken, error?: unknown): unknown {
  return this[callsKey].destroy(error)
}
