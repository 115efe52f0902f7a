import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import type { Hits, Shot } from './shot.ts'

const H2_STREAMS = 10
/** The least that `wrk` takes. */
const WRK_SECONDS = 1

/** HTTP/2. */
export async function h2load({ url, connections, requests }: Shot): Promise<Hits> {
  const output = await outputOf('h2load', [
    '-n',
    requests,
    '-c',
    connections,
    '-m',
    H2_STREAMS,
    url,
  ])
  const [, amount, unit] = /^finished in ([\d.]+)(us|ms|s),/m.exec(output) ?? []
  const [, succeeded] = /(\d+) succeeded/.exec(output) ?? []
  if (Number(succeeded) !== requests) throw new Error(`${url}: requests failed\n${output}`)
  const seconds = Number(amount) / { us: 1e6, ms: 1e3, s: 1 }[unit as 'us' | 'ms' | 's']
  return { requests, seconds }
}

/** As many as the server can take: it costs little itself. */
export async function wrk({ url, connections }: Shot): Promise<Hits> {
  const output = await outputOf('wrk', ['-t', 1, '-c', connections, '-d', WRK_SECONDS, url])
  const [, requests, seconds] = /(\d+) requests in ([\d.]+)s,/.exec(output) ?? []
  if (/Socket errors|Non-2xx/.test(output)) throw new Error(`${url}: requests failed\n${output}`)
  return { requests: Number(requests), seconds: Number(seconds) }
}

function outputOf(program: string, args: readonly (string | number)[]): Promise<string> {
  return text(spawn(program, args.map(String), { stdio: ['ignore', 'pipe', 'inherit'] }).stdout)
}
