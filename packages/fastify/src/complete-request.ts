import type { OpenResponse } from '@hangup/core'

/**
 * Lets Fastify complete a request whose response was cut short. Over HTTP/1 it waits for a `'finish'` that
 * never comes: its log has no line, and what an `onRequest` hook counts up no `onResponse` hook counts down.
 */
export function completeRequest(res: OpenResponse): void {
  // A response that waits behind another has no socket, and on Node 20 and 22 no `'close'` either.
  if (res.closed || res.socket === null) setImmediate(finishForFastify, res)
  else res.once('close', () => finishForFastify(res))
}

/**
 * Fastify's listener for `'finish'` is its listener for `'error'` too, takes itself away, and runs once. To emit either event would
 * tell others of it: Node, which starts the next response at `'finish'`.
 */
function finishForFastify(res: OpenResponse): void {
  const onError = res.listeners('error')
  for (const listener of res.listeners('finish')) if (onError.includes(listener)) listener.call(res)
}
