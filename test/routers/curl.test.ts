import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { describe, expect } from 'vitest'
import { createStage } from '../conformance/stage.ts'
import { hosts } from '../hosts/all.ts'
import type { Call } from '../hosts/host.ts'
import { createLatch } from '../support/latch.ts'
import { waitFor } from '../support/wait-for.ts'
import { findProgram } from './programs.ts'

/** More than is held. */
const PART = 'x'.repeat(100_000)

/** curl's own words for "not all of it has come". */
const CODES = {
  partial: 18,
  broken: 56,
  streamFailed: 92,
}

describe.each(hosts)('curl and $name', (host) => {
  const { start, row } = createStage(host)

  for (const version of host.speaks === 'h2' ? ['2'] : ['1.1', '1.0']) {
    row(`B3 a page that fails half-way fails curl over HTTP/${version}`, async () => {
      let seen = createLatch()
      async function* parts() {
        yield PART
        await seen.opened
        throw new Error('the template broke')
      }
      const site = await start({
        '/whole': (call) => call.send(200, PART),
        '/written': async (call: Call) => {
          call.res.statusCode = 200
          for await (const part of parts()) call.res.write(part)
        },
        '/streamed': (call) => call.stream(Readable.from(parts(), { objectMode: false })),
      })
      const ask = (path: string) => {
        seen = createLatch()
        return curl(`${site.url}${path}`, version, seen.open)
      }
      expect(await ask('/whole')).toEqual({ code: 0, bytes: PART.length })
      const ends = [await ask('/written'), await ask('/streamed')]
      site.errors.take()
      const codes = version === '2' ? [CODES.streamFailed] : [CODES.partial, CODES.broken]
      for (const { code, bytes } of ends) {
        expect(codes).toContain(code)
        expect(bytes).toBe(PART.length)
      }
    })
  }
})

/** Resolves with curl's exit code. */
async function curl(url: string, version: string, onBody: () => void) {
  const isPlain = url.startsWith('http:')
  const http = version === '2' && isPlain ? '--http2-prior-knowledge' : `--http${version}`
  // curl offers HTTP/1.0 by name, and a server with other names only ends the handshake.
  const alpn = version === '1.0' ? ['--no-alpn'] : []
  const args = ['--silent', '--no-buffer', '--insecure', '--max-time', '10', ...alpn, http, url]
  const child = spawn(findProgram('curl'), args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let bytes = 0
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes === PART.length) onBody()
  })
  const [code] = await waitFor('curl to end', once(child, 'close'), 15_000)
  return { code, bytes }
}
