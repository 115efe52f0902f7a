import autocannon from 'autocannon'
import type { Hits, Shot } from './shot.ts'

/** How often it looks whether it is through. */
const LOOK_MS = 20

/** The default: any request, each answer parsed. */
export async function cannonade({ url, connections, requests, json }: Shot): Promise<Hits> {
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
  return { requests, seconds: (ended - began) / 1000 }
}
