import http from 'node:http'
import { pause } from '../support/pause.ts'
import { HOST } from './address.ts'

/** What became of the orders, as their clients see it. */
export interface Tally {
  requests: number
  failed: number
  /** How they failed, and how often. */
  readonly failures: Map<string, number>
}

export interface Load {
  readonly tally: Tally
  /** Resolves when every loop has its last answer. */
  stop(): Promise<void>
}

const LOOPS = 48
/** The longest pause between two orders of a loop. */
const THINK_MS = 100
const ANSWER_MS = 10_000

/** Loops of POST over kept connections, none of which sends anything twice. */
export function startLoad(port: number): Load {
  const tally: Tally = { requests: 0, failed: 0, failures: new Map() }
  let isOver = false

  async function loop(name: number): Promise<void> {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    for (let nth = 0; !isOver; nth++) {
      const failure = await order(port, agent, `order ${nth} of ${name}`)
      tally.requests++
      if (failure !== undefined) {
        tally.failed++
        tally.failures.set(failure, (tally.failures.get(failure) ?? 0) + 1)
      }
      await pause(Math.random() * THINK_MS)
    }
    agent.destroy()
  }

  const loops = Promise.all(Array.from({ length: LOOPS }, (_, name) => loop(name)))
  return {
    tally,
    async stop() {
      isOver = true
      await loops
    },
  }
}

/** Why an order was not answered with itself; `undefined` where it was. */
function order(port: number, agent: http.Agent, body: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = http.request({
      host: HOST,
      port,
      path: '/order',
      method: 'POST',
      agent,
      headers: { 'content-type': 'text/plain' },
      timeout: ANSWER_MS,
    })
    const fail = (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)
    request.once('error', fail)
    request.once('timeout', () => request.destroy(new Error(`no answer in ${ANSWER_MS} ms`)))
    request.once('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.once('error', fail)
      response.once('end', () => {
        if (response.statusCode !== 200) resolve(`status ${response.statusCode}`)
        else resolve(text === body ? undefined : 'another answer')
      })
    })
    request.end(body)
  })
}
