import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import type { HangupOptions } from '@hangup/core'
import { describe, expect } from 'vitest'
import { createStage } from '../conformance/stage.ts'
import { createVisit } from '../conformance/visit.ts'
import { nodeHttp2, nodeHttp2Secure } from '../hosts/node.ts'
import { createLatch } from '../support/latch.ts'
import { waitFor } from '../support/wait-for.ts'
import { findProgram, type Program } from './programs.ts'

/** What h2load is to ask in all; `HANGUP_REQUESTS=100000` for the long run. It gets less: the drain begins late in it. */
const REQUESTS = Number(process.env.HANGUP_REQUESTS ?? 20_000)
const DRAIN_AFTER = Math.floor(REQUESTS * 0.9)
/** A busy machine does a thousand a second. */
const LOAD_MS = 20_000 + REQUESTS
const drain = { idleGraceMs: 1_000, graceMs: 20_000 }

/** D6 and D8 for programs that others wrote: none hangs, and what was taken in is answered. */
describe.each([nodeHttp2, nodeHttp2Secure])('clients of HTTP/2 and $name', (host) => {
  const { start, row } = createStage(host)

  for (const http2 of ['goaway', 'two-step'] satisfies HangupOptions['http2'][]) {
    row(
      `D6 answers all that it took in of h2load, and lets it go: ${http2}`,
      async () => {
        const enough = createLatch()
        let ran = 0
        const site = await start(
          {
            '/': (call) => {
              if (++ran === DRAIN_AFTER) enough.open()
              call.send(200, 'hello')
            },
          },
          { options: { http2, drain } },
        )
        const load = run('h2load', ['-n', `${REQUESTS}`, '-c', '10', '-m', '10', `${site.url}/`])
        await waitFor('the load', enough.opened, LOAD_MS)
        const report = await waitFor('the drain', site.hang.drain(), 20_000)
        const { code, output } = await waitFor('h2load', load, 20_000)
        const { succeeded, timeout } = numbers(output)
        const counted = { asked: REQUESTS, ran, succeeded, timeout }
        console.info(`${host.name}, ${http2}, h2load:`, counted)
        expect(code).toBe(0)
        expect(counted).toEqual({ asked: REQUESTS, ran, succeeded: ran, timeout: 0 })
        expect(ran).toBeLessThan(REQUESTS)
        expect(report).toMatchObject({ clean: true, sessions: { finished: 10, destroyed: 0 } })
      },
      2 * LOAD_MS,
    )

    for (const [name, args] of [
      ['nghttp', ['--no-verify-peer']],
      ['curl', ['-sS', '-k', host.tls ? '--http2' : '--http2-prior-knowledge']],
    ] satisfies [Program, string[]][]) {
      row(`D6 answers ${name} in the middle of a drain, and lets it go: ${http2}`, async () => {
        const goOn = createLatch()
        const visit = createVisit(async (call) => {
          await goOn.opened
          call.send(200, 'in time')
        })
        const site = await start({ '/': visit.handler }, { options: { http2, drain } })
        const client = run(name, [...args, `${site.url}/`])
        await waitFor('the request', visit.arrived)
        const drained = site.hang.drain()
        setTimeout(goOn.open, 300)
        expect(await waitFor(name, client, 10_000)).toMatchObject({ code: 0, output: 'in time' })
        expect(await waitFor('the drain', drained, 10_000)).toMatchObject({
          clean: true,
          sessions: { finished: 1, destroyed: 0 },
        })
      })
    }
  }
})

async function run(name: Program, args: string[]): Promise<{ code: number; output: string }> {
  const program = spawn(findProgram(name), args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number>((resolve, reject) => {
    program.once('error', reject)
    program.once('close', (code) => resolve(code ?? -1))
  })
  const [output, code] = await Promise.all([text(program.stdout), ended, text(program.stderr)])
  return { code, output }
}

/** `requests: 100000 total, 650 started, 650 done, 600 succeeded, 99400 failed, 99400 errored, 0 timeout` */
function numbers(output: string) {
  const number = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(output)?.[1])
  return { succeeded: number('succeeded'), timeout: number('timeout') }
}
