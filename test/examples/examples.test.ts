import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { pause } from '../support/pause.ts'
import { until } from '../support/until.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Ask, ask, type Example, STEP_MS } from './example.ts'
import { endsWell, start } from './start.ts'

interface Row {
  readonly name: string
  readonly short: Ask
  readonly answer: string
  /** Takes about a second: it is in flight while the process is told to end. */
  readonly long: Ask
  readonly endless: Ask
  /** What the example says when it begins to work on `long` or `endless`. */
  readonly begun: RegExp
  /** Resolves once what was begun for a client is gone. */
  cancelled(example: Example, begun: RegExpMatchArray): Promise<unknown>
}

const json = 'application/json'
const primes = (max: number): Ask => ({ path: `/primes/${max}` })
const postPrimes = (max: number): Ask => ({
  path: '/primes',
  body: JSON.stringify({ max }),
  type: json,
})
const search = (ms: number): Ask => ({ path: `/?q=tea&ms=${ms}` })
const childIsGone: Row['cancelled'] = (_, [, pid]) => processIsGone(Number(pid))

const rows: Row[] = [
  {
    name: 'express',
    short: primes(1_000),
    answer: '{"primes":168}',
    long: primes(1_000_000),
    endless: primes(1e12),
    begun: /child (\d+) started/,
    cancelled: childIsGone,
  },
  {
    name: 'koa',
    short: search(1),
    answer: 'found tea\n',
    long: search(1_000),
    endless: search(600_000),
    begun: /upstream: asked/,
    cancelled: (example) => example.seen(/upstream: cancelled/),
  },
  {
    name: 'fastify',
    short: postPrimes(1_000),
    answer: '{"primes":168}',
    long: postPrimes(1_000_000),
    endless: postPrimes(1e12),
    begun: /"child":(\d+)/,
    cancelled: childIsGone,
  },
  {
    name: 'node',
    short: primes(1_000),
    answer: '168\n',
    long: primes(1_000_000),
    endless: primes(1e12),
    begun: /child (\d+) started/,
    cancelled: childIsGone,
  },
]

vi.setConfig({ testTimeout: 4 * STEP_MS })

describe.each(rows)('the example for $name', (row) => {
  it('cancels what a client that left was waiting for, and answers all others while it closes', async () => {
    const example = await start(row.name)

    const reply = await waitFor('a reply', ask(example.url, row.short).reply)
    expect(reply).toEqual({ status: 200, text: row.answer })
    await example.seen(row.begun)

    const leaving = ask(example.url, row.endless)
    const begun = await example.seen(row.begun)
    leaving.leave()
    await waitFor('the work to be cancelled', row.cancelled(example, begun))

    const inFlight = ask(example.url, row.long)
    await example.seen(row.begun)
    example.stop()
    expect(await waitFor('the reply in flight', inFlight.reply, STEP_MS)).toMatchObject({
      status: 200,
    })
    await endsWell(example)
  })
})

describe('the example for express', () => {
  it('saves the order of a client that does not wait for the answer', async () => {
    const example = await start('express')
    const type = 'application/x-www-form-urlencoded'
    const order = ask(example.url, { path: '/orders', body: 'item=tea', type })
    await waitFor('the order to be sent', order.sent)
    order.leave()
    await saved(join(example.folder, 'hangup-orders.log'), '{"item":"tea"}\n')
    example.stop()
    await endsWell(example)
  })
})

describe('the example for node', () => {
  it('ends an event stream when the drain begins', async () => {
    const example = await start('node')
    const stream = ask(example.url, { path: '/time' })
    await waitFor('the stream to begin', stream.begun)
    example.stop()
    const { text } = await waitFor('the stream to end', stream.reply)
    expect(text).toMatch(/^data: .+\n\n$/)
    await endsWell(example)
  })
})

describe('the example for a cluster', () => {
  it('replaces its workers while every order is answered', async () => {
    const example = await start('cluster')
    const stop = new AbortController()
    const loops = Promise.all(times(8, () => orderInALoop(example.url, stop.signal)))
    await pause(200)
    example.send('SIGHUP')
    await example.seen(/replaced/)
    await pause(200)
    stop.abort()
    const answers = (await waitFor('the loops', loops)).flat()
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    const workers = new Set(answers.map(({ text }) => /^(\d+) has tea$/m.exec(text)?.[1]))
    expect(workers.size).toBe(4)

    example.stop()
    await endsWell(example)
  })
})

async function orderInALoop(url: string, stop: AbortSignal) {
  const answers: { status: number; text: string }[] = []
  while (!stop.aborted) {
    answers.push(await ask(url, { path: '/', body: 'tea' }).reply)
    await pause(5)
  }
  return answers
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make)
}

function saved(file: string, content: string): Promise<void> {
  return until(`${file} to hold ${content}`, async () => (await readFile(file, 'utf8')) === content)
}

function processIsGone(pid: number): Promise<void> {
  return until(`process ${pid} to be gone`, () => {
    try {
      return !process.kill(pid, 0)
    } catch {
      return true
    }
  })
}
