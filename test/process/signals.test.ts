import { describe, expect, it } from 'vitest'
import { connectHttp1, type Http1Client } from '../conformance/client.ts'
import type { Sent } from '../conformance/peer.ts'
import { pause } from '../support/pause.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Child, startChild } from './child.ts'
import type { ServerGiven } from './fixtures/server.ts'

/** Longer than the time in which the same signal is taken for an echo. */
const AFTER_ECHO_MS = 600

/** Children start slowly on a busy machine; what a signal could end too late ends after 20 s or more. */
const LONGEST_MS = 15_000

type Start = (given: ServerGiven) => Promise<{
  readonly child: Child
  connect(to?: number): Promise<Http1Client>
  /** Sends a request, and resolves once its handler runs. */
  askSlowly(): Promise<Sent>
}>

/** With children of its own, several rows at a time. */
function row(name: string, run: (start: Start) => Promise<void>): void {
  it.concurrent(name, ({ onTestFinished }) =>
    run(async (given) => {
      const child = startChild('server', given)
      const clients: Http1Client[] = []
      onTestFinished(() => {
        for (const client of clients) client.reset()
        child.kill()
      })
      const port = Number(await child.told('port'))
      async function connect(to = port) {
        const client = await connectHttp1({ port: to, tls: false })
        clients.push(client)
        return client
      }
      return {
        child,
        connect,
        async askSlowly() {
          const client = await connect()
          const sent = client.request({ path: '/slow' })
          await child.told('slow')
          return sent
        },
      }
    }),
  )
}

/** Its exit code, or the signal that ended it. */
async function endOf({ ended }: Child): Promise<number | NodeJS.Signals | null> {
  const { code, signal } = await waitFor('the end', ended, LONGEST_MS)
  return signal ?? code
}

/** Of all phases, those that a drain has entered. */
function phasesOf({ lines }: Child): string[] {
  return lines.flatMap((line) => /^phase:(\w+)/.exec(line)?.[1] ?? [])
}

/** Nothing was left for its event loop to do: it was not ended. */
function endedByItself({ lines }: Child): boolean {
  return lines.includes('empty ')
}

/** D12: what a signal does to the process. */
describe('signals', () => {
  for (const framework of ['node', 'express', 'koa', 'fastify'] as const) {
    row(`D12 ends with 0 after SIGTERM with a request in flight (${framework})`, async (start) => {
      const { child, askSlowly } = await start({
        framework,
        options: { drain: { idleGraceMs: 50 } },
      })
      const { reply } = await askSlowly()
      child.send('SIGTERM')
      expect(await waitFor('the reply', reply)).toMatchObject({ status: 200, text: 'slow' })
      expect(await endOf(child)).toBe(0)
      expect(phasesOf(child)).toContain('closed')
      expect(endedByItself(child)).toBe(true)
    })

    row(`D12 ends with 1 where a request was lost (${framework})`, async (start) => {
      const drain = { graceMs: 100, abortMs: 100, idleGraceMs: 50 }
      const { child, askSlowly } = await start({ framework, slowMs: 60_000, options: { drain } })
      await askSlowly()
      child.send('SIGTERM')
      expect(await endOf(child)).toBe(1)
      expect(phasesOf(child)).toContain('closed')
    })
  }

  row('D12 drains on SIGINT too', async (start) => {
    const { child, askSlowly } = await start({ options: { drain: { idleGraceMs: 50 } } })
    const { reply } = await askSlowly()
    child.send('SIGINT')
    expect(await waitFor('the reply', reply)).toMatchObject({ text: 'slow' })
    expect(await endOf(child)).toBe(0)
  })

  for (const framework of ['node', 'fastify'] as const) {
    row(
      `D12 ends at once at the second signal, with 1 where that loses something (${framework})`,
      async (start) => {
        const { child, askSlowly } = await start({ framework, slowMs: 60_000 })
        const { reply } = await askSlowly()
        child.send('SIGTERM')
        await child.told('phase:finish')
        child.send('SIGINT')
        expect(await endOf(child)).toBe(1)
        expect(phasesOf(child).at(-1)).toBe('finish')
        expect((await waitFor('the reply', reply)).ending).not.toBe('complete')
      },
    )
  }

  row(
    'D12 takes a signal that comes twice at once for one, as it does behind npm',
    async (start) => {
      const { child, askSlowly } = await start({
        echoes: true,
        handlesSignal: 'nothing',
        options: { drain: { idleGraceMs: 50 } },
      })
      const { reply } = await askSlowly()
      child.send('SIGTERM')
      expect(await waitFor('the reply', reply)).toMatchObject({ status: 200, text: 'slow' })
      expect(await endOf(child)).toBe(0)
      expect(child.lines.filter((line) => line === 'own ')).toHaveLength(2)
    },
  )

  row('D12 ends at once at the second signal, with 0 where that loses nothing', async (start) => {
    const { child, connect } = await start({ options: { drain: { idleGraceMs: 15_000 } } })
    const client = await connect()
    await waitFor('a reply', client.request().reply)
    child.send('SIGTERM')
    await child.told('phase:finish')
    await pause(AFTER_ECHO_MS)
    child.send('SIGTERM')
    expect(await endOf(child)).toBe(0)
    expect(phasesOf(child).at(-1)).toBe('finish')
  })

  row(
    'D12 ends at once at the second signal, with 1 where clean-up was still to come',
    async (start) => {
      const { child, connect } = await start({
        cleanUp: 'hangs',
        options: { drain: { idleGraceMs: 15_000 } },
      })
      const client = await connect()
      await waitFor('a reply', client.request().reply)
      child.send('SIGTERM')
      await child.told('phase:finish')
      await pause(AFTER_ECHO_MS)
      child.send('SIGTERM')
      expect(await endOf(child)).toBe(1)
      expect(child.lines).not.toContain('cleaning ')
    },
  )

  row(
    'D12 ends at once at the second signal, with 1 where clean-up was under way',
    async (start) => {
      const { child } = await start({ cleanUp: 'hangs', options: { drain: { closeMs: 60_000 } } })
      child.send('SIGTERM')
      await child.told('cleaning')
      child.send('SIGINT')
      expect(await endOf(child)).toBe(1)
      expect(phasesOf(child).at(-1)).toBe('cleanup')
      expect(child.lines).toContain('warn {"clean":false,"cleanup":["db"]}')
    },
  )

  row('D12 ends with 1 where a clean-up function failed', async (start) => {
    const { child } = await start({ cleanUp: 'fails' })
    child.send('SIGTERM')
    expect(await endOf(child)).toBe(1)
  })

  row('D12 ends with 1 where a waitUntil had not settled', async (start) => {
    const drain = { graceMs: 100, abortMs: 100, idleGraceMs: 50 }
    const { child, connect } = await start({ leavesWork: true, options: { drain } })
    await waitFor('a reply', (await connect()).request().reply)
    child.send('SIGTERM')
    expect(await endOf(child)).toBe(1)
  })

  row('D12 lets the process end by itself, so that telemetry can flush', async (start) => {
    const { child } = await start({ flushMs: 500 })
    child.send('SIGTERM')
    expect(await endOf(child)).toBe(0)
    expect(child.lines).toContain('telemetry ')
    expect(endedByItself(child)).toBe(true)
  })

  row('D12 ends a process that a forgotten timer holds, 1 s after the drain', async (start) => {
    const { child } = await start({ forgets: true })
    child.send('SIGTERM')
    expect(await endOf(child)).toBe(0)
    expect(Number(await child.told('ms-after-closed'))).toBeGreaterThan(990)
    expect(endedByItself(child)).toBe(false)
  })

  row('D12 keeps an exit code that is set already', async (start) => {
    const { child } = await start({ exitCode: 7 })
    child.send('SIGTERM')
    expect(await endOf(child)).toBe(7)
  })

  row('D12 drains all handles of a process at one signal', async (start) => {
    const { child, connect } = await start({
      second: true,
      options: { drain: { idleGraceMs: 50 } },
    })
    const ports = [await child.told('port'), await child.told('second')]
    const clients = await Promise.all(ports.map((port) => connect(Number(port))))
    const replies = clients.map((client) => client.request({ path: '/slow' }).reply)
    await child.told('slow')
    child.send('SIGTERM')
    for (const { text } of await waitFor('the replies', Promise.all(replies))) {
      expect(text).toBe('slow')
    }
    expect(await endOf(child)).toBe(0)
    expect(phasesOf(child).filter((phase) => phase === 'closed')).toHaveLength(2)
  })

  row('D12 leaves signals to Node under signals: false', async (start) => {
    const { child, askSlowly } = await start({ slowMs: 60_000, options: { signals: false } })
    await askSlowly()
    child.send('SIGTERM')
    expect(await endOf(child)).toBe('SIGTERM')
  })

  row(
    'D12 leaves the process alone where its own handler drains, under signals: false',
    async (start) => {
      const { child } = await start({
        forgets: true,
        handlesSignal: 'drain',
        options: { signals: false },
      })
      child.send('SIGTERM')
      await child.told('drained')
      const still = new Promise<'still there'>((resolve) => {
        setTimeout(resolve, 1_300, 'still there')
      })
      expect(await Promise.race([still, child.ended])).toBe('still there')
    },
  )

  row('D12 lets an uncaught error end the process as ever, also during a drain', async (start) => {
    const { child, askSlowly } = await start({ slowMs: 60_000, throws: true })
    await askSlowly()
    child.send('SIGTERM')
    expect(await endOf(child)).toBe(1)
    expect(phasesOf(child).at(-1)).toBe('finish')
    expect(child.lines.join('\n')).toContain('as the row wants it')
  })
})
