import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { existsSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'

const ACCOUNT = '/proc/thread-self/io'
/** Of a wake-up: the event loop's eventfd takes 64 bits at a time. */
const WAKE_UP_BYTES = 8
const CHANNELS = ['net.client.socket', 'net.server.socket']

/** The write system calls of one thread on its TCP sockets. */
export interface WriteCalls {
  /**
   * How many there have been since the last call; undefined where the thread has written to something else too, as
   * far as its bytes tell: a multiple of 8 of them would look like wake-ups, and make the number smaller.
   */
  take(): number | undefined
  stop(): void
}

/** Whether the system tells a thread what it has written: Linux does. */
export const countsWrites = existsSync(ACCOUNT)

/**
 * Counts for the sockets that are opened, here or by a peer, from now on. The kernel's sums are those of the
 * thread, which wakes its own event loop besides: in each turn, for as long as V8 marks a heap bit by bit. What
 * it wrote beyond the bytes of its sockets tells how often.
 */
export function countWriteCalls(): WriteCalls {
  const sockets = new Set<Socket>()
  const add = (message: unknown) => void sockets.add((message as { socket: Socket }).socket)
  for (const channel of CHANNELS) subscribe(channel, add)
  let last = sums()

  function sums() {
    let socketBytes = 0
    for (const { bytesWritten } of sockets) socketBytes += bytesWritten
    return { ...account(), socketBytes }
  }

  return {
    take() {
      const before = last
      last = sums()
      const calls = last.calls - before.calls
      const otherBytes = last.bytes - before.bytes - (last.socketBytes - before.socketBytes)
      const wakeUps = otherBytes / WAKE_UP_BYTES
      return Number.isInteger(wakeUps) && wakeUps <= calls ? calls - wakeUps : undefined
    },
    stop() {
      for (const channel of CHANNELS) unsubscribe(channel, add)
    },
  }
}

function account(): { calls: number; bytes: number } {
  const text = readFileSync(ACCOUNT, 'utf8')
  const field = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1])
  return { calls: field('syscw'), bytes: field('wchar') }
}
