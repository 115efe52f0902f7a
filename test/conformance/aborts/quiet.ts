import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Handler, Host } from '../../hosts/host.ts'
import { listen } from '../../hosts/transport.ts'
import { createLatch } from '../../support/latch.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { leavesOf } from '../leaves.ts'
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
        `B8 logs nothing and leaves nothing in flight when a handler ${what} and the client leaves by ${leave.name}`,
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
          expect(site.hang.exchanges()).toEqual([])
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
  }
}

/** B8, where a parser of the framework's reads the body before there is a handler. */
export function quietParsers(host: Host): void {
  const { start, row } = createStage(host)

  for (const leave of leavesOf(host)) {
    row(
      `B8 logs nothing and leaves nothing in flight when the client leaves its upload to the parser by ${leave.name}`,
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
        expect(site.hang.exchanges()).toEqual([])
      },
    )
  }
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
