import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { existsSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'

const ACCOUNT = '/proc/thread-self/io'
/** Of a wake-up: the event loop's eventfd takes 64 bits at a time. */
const WAKE_UP_BYTES = 8
const CHANNELS = ['net.client.socket', 'net.server.socket']

/** Times, in all, that something may be done again because the thread wrote to something else meanwhile. */
const MOST_SPOILT = 100

/** The write system calls of one thread on its TCP sockets. */
export interface WriteCalls {
  /**
   * How many it takes to do this. Does it again where the thread wrote to something else too, such as the test
   * runner's pipe, as far as its bytes tell: a multiple of 8 of them would look like wake-ups, and make the number
   * smaller.
   */
  of(act: () => Promise<unknown>): Promise<number>
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
  let spoilt = 0

  function sums() {
    let socketBytes = 0
    for (const { bytesWritten } of sockets) socketBytes += bytesWritten
    return { ...account(), socketBytes }
  }

  async function callsOf(act: () => Promise<unknown>): Promise<number | undefined> {
    const before = sums()
    await act()
    const after = sums()
    const calls = after.calls - before.calls
    const otherBytes = after.bytes - before.bytes - (after.socketBytes - before.socketBytes)
    const wakeUps = otherBytes / WAKE_UP_BYTES
    return Number.isInteger(wakeUps) && wakeUps <= calls ? calls - wakeUps : undefined
  }

  return {
    async of(act) {
      for (; spoilt <= MOST_SPOILT; spoilt++) {
        const calls = await callsOf(act)
        if (calls !== undefined) return calls
      }
      throw new Error('something else is written all the time')
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
