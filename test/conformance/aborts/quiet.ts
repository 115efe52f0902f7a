import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAbort } from '@hangup/core'
import { expect } from 'vitest'
import type { Call, Handler, Host } from '../../hosts/host.ts'
import { listen } from '../../hosts/transport.ts'
import { createLatch } from '../../support/latch.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { leavesOf, suddenLeave } from '../leaves.ts'
import { createStage } from '../stage.ts'
import { aborted, createVisit, startResponse, untilAborted } from '../visit.ts'

const bytes = { 'content-type': 'application/octet-stream' }

/** B8: what follows from a client's leaving is no error. The stage fails a row that logs one. */
export function quiet(host: Host): void {
  const { start, row } = createStage(host)

  const handlers: Record<string, Handler> = {
    'rejects with the reason': untilAborted,
    'rejects with an AbortError whose cause is the reason': ({ signal }) =>
      sleep(600_000, undefined, { signal }),
    'rejects as fetch does': ({ signal }) => fetchFromSilence(signal),
    'answers late': async (call) => {
      await aborted(call.signal)
      call.send(200, 'to nobody')
    },
    'writes late': async (call) => {
      await aborted(call.signal)
      const res = call.raw()
      res.write('to nobody')
      res.end()
    },
    'streams late': async (call) => {
      await aborted(call.signal)
      return call.stream(Readable.from(['to', 'nobody']))
    },
    'returns nothing': async (call) => {
      await aborted(call.signal)
    },
    'was streaming': (call) => {
      void call.signal
      return call.stream(endless())
    },
    'was writing': async (call) => {
      startResponse(call)
      while (!call.signal.aborted) {
        call.res.write('more')
        await turns(1)
      }
      call.res.write('and more')
      call.res.end()
    },
  }

  for (const [what, run] of Object.entries(handlers)) {
    for (const leave of leavesOf(host)) {
      row(
        `B8 logs nothing when a handler ${what} and the client leaves by ${leave.name}`,
        async () => {
          const visit = createVisit(run)
          const site = await start({ '/': visit.handler })
          const peer = await site.connect()
          const sent = peer.request()
          const { exchange } = await waitFor('the request', visit.arrived)
          if (what.startsWith('was')) await waitFor('the head', sent.head)
          leave.go(peer, sent)
          expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({ by: 'client' })
          await waitFor('the handler', visit.over)
          await turns()
        },
      )
    }
  }

  for (const leave of leavesOf(host)) {
    row(
      `B8 logs nothing when the client leaves its upload to the handler by ${leave.name}`,
      async () => {
        const visit = createVisit((call) => call.body())
        const site = await start({ '/': visit.handler })
        const peer = await site.connect()
        const sent = peer.request({ open: true, body: 'part', headers: bytes })
        const { exchange } = await waitFor('the request', visit.arrived)
        leave.go(peer, sent)
        expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
          by: 'client',
          phase: 'upload',
        })
        await waitFor('the handler', visit.over)
        await turns()
      },
    )

    row(
      `B8 logs nothing when the client leaves its upload to the parser by ${leave.name}`,
      async () => {
        const outcome = createLatch<unknown>()
        const site = await start(
          { '/': (call) => call.send(200) },
          { options: { onSettled: (_, settled) => outcome.open(settled) } },
        )
        const peer = await site.connect()
        const requested = new Promise((resolve) =>
          site.server.prependOnceListener('request', resolve),
        )
        const headers = { 'content-type': 'text/plain' }
        const sent = peer.request({ open: true, body: 'part', headers })
        await waitFor('the request', requested)
        await turns()
        leave.go(peer, sent)
        expect(await waitFor('the outcome', outcome.opened)).toMatchObject({
          kind: 'aborted',
          by: 'client',
          phase: 'upload',
          status: 499,
        })
        await turns()
      },
    )
  }
}

/** B9: all other errors reach the framework as ever, once. */
export function reported(host: Host): void {
  const { start, row } = createStage(host)

  const afterAbort: Record<string, (call: Call) => unknown> = {
    'an unrelated error': () => new Error('unrelated'),
    'an AbortError of somebody else': () => abortError(),
    'an error that wraps an AbortError of somebody else': () =>
      new Error('unrelated', { cause: abortError() }),
    'an ECONNRESET of somebody else': () =>
      Object.assign(new Error('unrelated'), { code: 'ECONNRESET' }),
  }

  for (const [what, make] of Object.entries(afterAbort)) {
    row(`B9 reports ${what} once, after the client left`, async () => {
      const visit = createVisit(async (call) => {
        await aborted(call.signal)
        throw make(call)
      })
      const site = await start({ '/': visit.handler })
      const peer = await site.connect()
      const sent = peer.request()
      await waitFor('the request', visit.arrived)
      suddenLeave(host).go(peer, sent)
      await waitFor('an error', site.errors.some)
      await turns()
      const errors = site.errors.take()
      expect(errors).toHaveLength(1)
      expect(errors[0]?.text).toContain('unrelated')
    })
  }

  row("B9 reports the reason of another exchange's abort once", async () => {
    const other = createVisit()
    const visit = createVisit(async (call) => {
      await aborted(call.signal)
      throw (await other.arrived).signal.reason
    })
    const site = await start({ '/': visit.handler, '/other': other.handler })
    const [peer, gone] = [await site.connect(), await site.connect()]
    const left = gone.request({ path: '/other' })
    const { signal } = await waitFor('the other request', other.arrived)
    const sent = peer.request()
    await waitFor('the request', visit.arrived)
    suddenLeave(host).go(gone, left)
    await waitFor('the abort of the other', aborted(signal))
    suddenLeave(host).go(peer, sent)
    await waitFor('an error', site.errors.some)
    await turns()
    expect(site.errors.take()).toHaveLength(1)
  })

  for (const [what, make] of [
    ['an error', () => new Error('unrelated')],
    ['an AbortError of somebody else', abortError],
  ] as const) {
    row(
      `B9 answers 500 to ${what} of a handler whose client waits, and reports it once`,
      async () => {
        const visit = createVisit(async () => {
          throw make()
        })
        const site = await start({ '/': visit.handler })
        const peer = await site.connect()
        const sent = peer.request()
        const { exchange, signal } = await waitFor('the request', visit.arrived)
        const reply = await waitFor('the reply', sent.reply)
        expect(reply).toMatchObject({ status: 500, ending: 'complete' })
        expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
          kind: 'failed',
          status: 500,
          error: { message: 'unrelated' },
        })
        await waitFor('an error', site.errors.some)
        await turns()
        expect(site.errors.take()).toHaveLength(1)
        expect(signal.aborted).toBe(false)
      },
    )
  }

  row('B9 tells its own aborts from those of others, by identity or cause', async () => {
    const visit = createVisit()
    const other = createVisit()
    const site = await start({ '/': visit.handler, '/other': other.handler })
    const [peer, second] = [await site.connect(), await site.connect()]
    const sent = peer.request()
    const left = second.request({ path: '/other' })
    const { signal, exchange } = await waitFor('the request', visit.arrived)
    const { exchange: otherExchange } = await waitFor('the other', other.arrived)
    expect(isAbort(abortError(), exchange)).toBe(false)
    suddenLeave(host).go(peer, sent)
    suddenLeave(host).go(second, left)
    const reason = await waitFor('the abort', aborted(signal))
    await waitFor('the other abort', otherExchange.outcome)

    expect(isAbort(reason)).toBe(true)
    expect(isAbort(reason, exchange)).toBe(true)
    expect(isAbort(new Error('wrapped', { cause: reason }), exchange)).toBe(true)
    expect(isAbort(reason, otherExchange)).toBe(false)
    expect(isAbort(abortError())).toBe(false)
    expect(isAbort(abortError(), exchange)).toBe(false)
    expect(isAbort(undefined, exchange)).toBe(false)
  })
}

function abortError(): Error {
  return new DOMException('unrelated', 'AbortError')
}

/** Asks a server that never answers. */
async function fetchFromSilence(signal: AbortSignal): Promise<void> {
  const silence = createServer(() => {})
  const port = await listen(silence)
  try {
    await fetch(`http://127.0.0.1:${port}/`, { signal })
  } finally {
    silence.closeAllConnections()
    silence.close()
  }
}

/** A body that goes on until it is destroyed. */
function endless(): Readable {
  return Readable.from(
    (async function* () {
      for (;;) {
        yield Buffer.alloc(1_000)
        await turns(1)
      }
    })(),
  )
}
