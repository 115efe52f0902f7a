import type { ServerHttp2Stream } from 'node:http2'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { Host, RawResponse } from '../../hosts/host.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage } from '../stage.ts'
import { createVisit } from '../visit.ts'

type Streamed = RawResponse & { readonly stream: ServerHttp2Stream }

const THIS_FILE = fileURLToPath(import.meta.url)

/** Responses that a handler sends by the stream itself, past the response of HTTP/2's compatibility API. */
const sendings: Record<string, (res: Streamed) => void> = {
  'responds and ends': ({ stream }) => {
    stream.respond({ ':status': 201 })
    stream.end('whole')
  },
  'is piped into': ({ stream }) => {
    stream.respond({ ':status': 201 })
    Readable.from(['who', 'le']).pipe(stream)
  },
  'responds with a file': ({ stream }) => {
    stream.respondWithFile(THIS_FILE, { ':status': 201 })
  },
  'responds, and leaves the rest to the response': (res) => {
    res.stream.respond({ ':status': 201 })
    res.write('who')
    res.end('le')
  },
}

/** A2, A5: HTTP/2's streams may be used by themselves. */
export function rawStreams(host: Host): void {
  const { start, row } = createStage(host)

  const held: typeof sendings = {
    'responds behind what the response was given': (res) => {
      res.write('who')
      res.stream.respond({ ':status': 201 })
      res.end('le')
    },
  }

  // Elsewhere a handler has to take the response from its framework, and nothing is held then.
  const all = host.framework === 'node' ? { ...sendings, ...held } : sendings
  for (const [what, send] of Object.entries(all)) {
    row(`A2 takes a response for whole whose stream ${what}`, async () => {
      const visit = createVisit((call) => send(call.raw() as Streamed))
      const site = await start({ '/': visit.handler })
      const peer = await site.connect()
      const sent = peer.request()
      const { signal, exchange } = await waitFor('the request', visit.arrived)
      const { status, ending, text } = await waitFor('the reply', sent.reply)
      expect({ status, ending }).toEqual({ status: 201, ending: 'complete' })
      if (!what.includes('file')) expect(text).toBe('whole')
      const outcome = await waitFor('the outcome', exchange.outcome)
      expect(outcome.by).toBeUndefined()
      expect(outcome.status).toBe(201)
      expect(signal.aborted).toBe(false)
      await waitFor('the handler', visit.over)
      expect(site.hang.exchanges()).toEqual([])
    })
  }

  row('A2 takes no handler that destroys its stream for a client that left', async () => {
    const visit = createVisit((call) => {
      const { stream } = call.raw() as Streamed
      stream.on('error', () => {})
      stream.destroy(
        Object.assign(new Error('of the handler'), { code: 'ENOENT', syscall: 'open' }),
      )
    })
    const site = await start({ '/': visit.handler })
    const peer = await site.connect()
    const { reply } = peer.request()
    const { signal, exchange } = await waitFor('the request', visit.arrived)
    expect((await waitFor('the end', reply)).ending).toBe('reset')
    expect(await waitFor('the outcome', exchange.outcome)).toMatchObject({
      by: 'server',
      error: { message: 'of the handler' },
    })
    expect(signal.aborted).toBe(false)
    site.errors.take()
  })
}
