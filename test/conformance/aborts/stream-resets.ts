import type { Outcome, Phase } from '@hangup/core'
import { expect } from 'vitest'
import type { Call, Handler, Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { HTTP2_CODES, http2CodeName } from '../http2-codes.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit, startResponse, untilAborted } from '../visit.ts'

interface Moment {
  readonly name: string
  readonly handler: Handler
  /** The handler returns by itself before the reset. */
  readonly returns: boolean
  readonly phase: Phase
  /** The head has left before the reset. */
  readonly status?: 200
}

/** More than a window of HTTP/2 lets through. */
const PART = Buffer.alloc(100_000)

const moments: readonly Moment[] = [
  {
    name: 'while its handler is at work',
    handler: untilAborted,
    returns: false,
    phase: 'handler',
  },
  {
    name: 'before end(), with data still queued',
    async handler(call) {
      writeMore(call)
      await aborted(call.signal)
    },
    returns: false,
    phase: 'response',
    status: 200,
  },
  {
    name: 'after end(), with data still queued',
    handler: (call) => call.send(200, PART),
    returns: true,
    phase: 'response',
    status: 200,
  },
]

/** A5: each code of RST_STREAM is a departure. NO_ERROR and CANCEL raise no error in Node, the others do. */
export function streamResets(host: Host): void {
  const { start, row } = createStage(host)

  for (const { name, handler, returns, phase, status } of moments) {
    row(`A5 aborts on RST_STREAM of every code ${name}, and leaves a sibling alone`, async () => {
      const goOn = createLatch()
      const sibling = createVisit(async (call) => {
        startResponse(call, '')
        await goOn.opened
        call.res.end('still here')
      })
      const visits = HTTP2_CODES.map((code) => ({ code, visit: createVisit(handler) }))
      const site = await start({
        '/sibling': sibling.handler,
        ...Object.fromEntries(visits.map(({ code, visit }) => [`/${code}`, visit.handler])),
      })
      const client = await site.connectFrames({ stingy: true })
      const kept = client.open({ path: '/sibling' })
      await waitFor('its head', client.answered(kept))
      const { signal, exchange } = await waitFor('the sibling', sibling.arrived)

      for (const { code, visit } of visits) {
        const id = client.open({ path: `/${code}` })
        const call = await waitFor(`the request for ${code}`, visit.arrived)
        if (returns) await waitFor('the handler', visit.over)
        await waitFor('a PING', client.ping())
        expect(call.signal.aborted).toBe(false)

        client.rst(id, code)
        const reason = await waitFor(`the abort by ${code}`, aborted(call.signal))
        const cause = { code: http2CodeName(code), rstCode: code }
        expect(reason).toMatchObject({ code: 'ERR_CLIENT_GONE', phase, cause })
        expect(await waitFor('the outcome', call.exchange.outcome)).toMatchObject({
          kind: 'aborted',
          by: 'client',
          phase,
          status: status ?? 499,
          error: cause,
        } satisfies Partial<Outcome>)
        await waitFor('the handler', visit.over)
      }

      await turns()
      expect(signal.aborted).toBe(false)
      goOn.open()
      client.widen(0, PART.length)
      const { chunks, ended } = await waitFor('the sibling', client.settled(kept))
      expect({ text: Buffer.concat(chunks).toString(), ended }).toEqual({
        text: 'still here',
        ended: true,
      })
      const kind = host.framework === 'koa' || host.framework === 'fastify' ? 'hijacked' : 'flushed'
      expect(await waitFor('its outcome', exchange.outcome)).toMatchObject({ kind, status: 200 })
      expect(signal.aborted).toBe(false)
    })
  }
}

function writeMore(call: Call): void {
  startResponse(call)
  call.res.write(PART)
}
