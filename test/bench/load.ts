import autocannon from 'autocannon'

/** What the load process is asked for. */
export interface Shot {
  readonly url: string
  readonly connections: number
  readonly requests: number
}

export interface Hits {
  readonly seconds: number
}

/** How often autocannon looks whether it is through. */
const LOOK_MS = 20

process.on('message', ({ url, connections, requests }: Shot) => {
  const began = performance.now()
  let ended = began
  const options = { url, connections, amount: requests, sampleInt: LOOK_MS }
  const run = autocannon(options, (error, { errors, timeouts, non2xx }) => {
    if (error || errors + timeouts + non2xx > 0) throw new Error(`${url}: requests failed`)
    process.send?.({ seconds: (ended - began) / 1000 } satisfies Hits)
  })
  run.on('response', () => {
    ended = performance.now()
  })
})
process.on('disconnect', () => process.exit())
process.send?.({})
