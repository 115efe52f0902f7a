import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import autocannon from 'autocannon'

/** What the load process is asked for. */
export interface Shot {
  readonly url: string
  readonly connections: number
  readonly requests: number
  /** Default: autocannon. `'download'` reads one large response after the other, and parses none. */
  readonly tool?: 'autocannon' | 'download' | 'h2load'
  /** Of each download. */
  readonly leastBytes?: number
  /** JSON to be sent with POST. */
  readonly json?: object
}

export interface Hits {
  readonly seconds: number
}

/** How often autocannon looks whether it is through. */
const LOOK_MS = 20
const H2_STREAMS = 10

const tools = { autocannon: cannonade, download, h2load }

process.on('message', async (shot: Shot) => {
  const seconds = await tools[shot.tool ?? 'autocannon'](shot)
  process.send?.({ seconds } satisfies Hits)
})
process.on('disconnect', () => process.exit())
process.send?.({})

async function cannonade({ url, connections, requests, json }: Shot): Promise<number> {
  const began = performance.now()
  let ended = began
  const post = json !== undefined && {
    method: 'POST' as const,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(json),
  }
  const options = { url, connections, amount: requests, sampleInt: LOOK_MS, ...post }
  await new Promise<void>((resolve, reject) => {
    const run = autocannon(options, (error, { errors, timeouts, non2xx }) => {
      if (error || errors + timeouts + non2xx > 0) reject(new Error(`${url}: requests failed`))
      else resolve()
    })
    run.on('response', () => {
      ended = performance.now()
    })
  })
  return (ended - began) / 1000
}

async function download({ url, requests, leastBytes = 0 }: Shot): Promise<number> {
  const { port, hostname, pathname } = new URL(url)
  const began = performance.now()
  for (let count = 0; count < requests; count++) {
    const socket = connect(Number(port), hostname)
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    socket.resume()
    await once(socket, 'end')
    if (socket.bytesRead < leastBytes) throw new Error(`${url}: ${socket.bytesRead} bytes`)
  }
  return (performance.now() - began) / 1000
}

async function h2load({ url, connections, requests }: Shot): Promise<number> {
  const args = ['-n', requests, '-c', connections, '-m', H2_STREAMS, url].map(String)
  const output = await text(spawn('h2load', args, { stdio: ['ignore', 'pipe', 'inherit'] }).stdout)
  const [, amount, unit] = /^finished in ([\d.]+)(us|ms|s),/m.exec(output) ?? []
  const [, succeeded] = /(\d+) succeeded/.exec(output) ?? []
  if (Number(succeeded) !== requests) throw new Error(`${url}: requests failed\n${output}`)
  return Number(amount) / { us: 1e6, ms: 1e3, s: 1 }[unit as 'us' | 'ms' | 's']
}
