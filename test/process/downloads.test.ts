import { get as getByHttp } from 'node:http'
import { connect } from 'node:http2'
import { get as getByHttps } from 'node:https'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hosts } from '../hosts/all.ts'
import type { Host } from '../hosts/host.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Child, startChild } from './child.ts'
import type { Weight } from './fixtures/downloads.ts'

/** `HANGUP_DOWNLOAD_MIB=1024` for the long run. */
const MIB = Number(process.env.HANGUP_DOWNLOAD_MIB ?? 256)
const BOUND_MIB = 128
const LONGEST_MS = MIB * 500

let server: Child
let ports: Record<string, number>

beforeAll(async () => {
  server = startChild('downloads', { bytes: MIB << 20 })
  ports = JSON.parse(await server.told('ports'))
})
afterAll(() => server.kill())

it.each(hosts)(
  `B4 sends ${MIB} MiB from $name in less than ${BOUND_MIB}`,
  async (host) => {
    const { name } = host
    const { body, leave } = await waitFor('the head', get(host, ports[name] ?? 0), 10_000)
    // A client that does not read yet: what is not held back now is all in memory.
    await waitFor('the source to stop', Promise.race([told('stalled'), told('weights')]), 10_000)
    let received = 0
    for await (const chunk of body) received += chunk.length
    leave()
    expect(received).toBe(MIB << 20)
    const weights: Weight[] = JSON.parse(await told('weights'))
    for (const kind of ['rss', 'used'] as const) {
      const curve = weights.map((weight) => weight[kind])
      console.info(`${name}, ${kind}, MiB on the way: ${curve.join(' ')}`)
      expect(Math.max(...curve) - Math.min(...curve)).toBeLessThan(BOUND_MIB)
    }

    function told(word: string): Promise<string> {
      return server.told(`${word}:${name}`)
    }
  },
  LONGEST_MS,
)

interface Response {
  readonly body: Readable
  leave(): void
}

function get({ speaks, tls }: Host, port: number): Promise<Response> {
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`
  const trusting = { rejectUnauthorized: false }
  return new Promise((resolve, reject) => {
    if (speaks === 'h2') {
      const session = connect(url, trusting).on('error', reject)
      const stream = session.request().on('error', reject)
      stream.once('response', () => resolve({ body: stream, leave: () => session.close() }))
      return
    }
    const options = { agent: false, ...trusting }
    const request = tls ? getByHttps(url, options) : getByHttp(url, options)
    request.once('error', reject)
    request.once('response', (body) => resolve({ body, leave: () => {} }))
  })
}
