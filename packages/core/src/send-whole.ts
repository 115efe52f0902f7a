import { ServerResponse } from 'node:http'
import type { OpenResponse, Socket } from './node-types.ts'
import { nodeMajor } from './node-version.ts'
import type { NodeMethods } from './response-methods.ts'

/** The newest Node that pays for what {@link sendWhole} saves. */
const NEWEST_TO_PAY = 22
const pays = nodeMajor <= NEWEST_TO_PAY

/** What Node's `end` has its own head made with: there is no public way to it, and these two Nodes change no more. */
interface ImpliedLength extends OpenResponse {
  _contentLength: number | null
  readonly _removedContLen: boolean
}

/**
 * `end(body)` over HTTP/1 in two calls, to the same bytes. In one, Node 20 and 22 hand the kernel two
 * buffers, the second of them empty, to be told when it has taken them: a vectored write costs a microsecond
 * more ([decision 014](../../../docs/decisions/014-a-body-and-its-end-are-two-calls.md)).
 */
export function sendWhole(
  res: OpenResponse,
  node: NodeMethods,
  body: unknown,
  encoding: unknown,
  size: number,
  callback: unknown,
): unknown {
  const socket = res.socket as Socket | null | undefined
  if (size === 0 || !pays || socket == null || !canBeTwo(res, node, socket))
    return node.end.call(res, body, encoding, callback)
  if (!res.headersSent) (res as ImpliedLength)._contentLength = size
  socket.cork()
  try {
    node.write.call(res, body, encoding)
  } finally {
    socket.uncork()
  }
  return node.end.call(res, undefined, undefined, callback)
}

/**
 * Where nothing comes behind the body, as the last chunk would; where nobody has wrapped the two; and where a
 * write is over once it is made, which on TLS it is not, and on a destroyed socket never.
 */
function canBeTwo(res: OpenResponse, node: NodeMethods, socket: Socket): boolean {
  if (node.end !== ServerResponse.prototype.end || node.write !== ServerResponse.prototype.write)
    return false
  if ('encrypted' in socket || socket.destroyed) return false
  if (res.headersSent) return !res.chunkedEncoding
  return !(res as ImpliedLength)._removedContLen && !res.hasHeader('transfer-encoding')
}
