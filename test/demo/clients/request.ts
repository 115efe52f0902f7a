import http from 'node:http'
import type { Tally } from './tally.ts'

/** Sends a request over this agent and counts its end. `'refused'`: nobody accepts connections any more. */
export function request(
  agent: http.Agent,
  tally: Tally,
  url: string,
  body?: string,
): Promise<'done' | 'refused'> {
  return new Promise((resolve) => {
    const method = body === undefined ? 'GET' : 'POST'
    const headers = body === undefined ? {} : { 'content-type': 'text/plain' }
    const req = http.request(url, { agent, method, headers }, (res) => {
      res.on('error', lose).resume()
      res.once('end', () => {
        if (res.statusCode === 200) tally.answered()
        else tally.lose(`status ${res.statusCode}`)
        resolve('done')
      })
    })
    req.on('error', lose)
    req.end(body)

    function lose(error: NodeJS.ErrnoException): void {
      // It has reached nobody: any client and any proxy sends it elsewhere.
      const isRefused = error.code === 'ECONNREFUSED'
      if (!isRefused) tally.lose(error.code ?? error.message)
      resolve(isRefused ? 'refused' : 'done')
    }
  })
}
