import { afterEach, describe, expect, it } from 'vitest'
import { connectHttp1, type Http1Client } from '../conformance/client.ts'
import { pause } from '../support/pause.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Child, startChild } from './child.ts'
import type { ServerGiven } from './fixtures/server.ts'

/** Longer than the time in which the same signal is taken for an echo. */
const AFTER_ECHO_MS = 600

/** D12: what a signal does to the process. */
describe('signals', () => {
  const running: { child: Child; clients: Http1Client[] }[] = []

  afterEach(() => {
    for (const { child, clients } of running.splice(0)) {
      for (const client of clients) client.reset()
      child.kill()
    }
  })

  async function start(given: ServerGiven) {
    const child = startChild('server', given)
    const clients: Http1Client[] = []
    running.push({ child, clients })
    const port = Number(await child.told('port'))
    return {
      child,
      async connect(to = port) {
        const client = await connectHttp1({ port: to, tls: false })
        clients.push(client)
        return client
      },
    }
  }

  for (const framework of ['node', 'express', 'koa', 'fastify'] as const) {
    it(`D12 ends with 0 after SIGTERM with a request in flight (${framework})`, async () => {
      const { child, connect } = await start({ framework, options: { drain: { idleGraceMs: 50 } } })
      const client = await connect()
      const { reply } = client.request({ path: '/slow' })
      await child.told('slow')
      child.send('SIGTERM')
      expect(await waitFor('the reply', reply)).toMatchObject({ status: 200, text: 'slow' })
      const { code, signal, ms } = await waitFor('the end', child.ended)
      expect({ code, signal }).toEqual({ code: 0, signal: null })
      expect(ms).toBeLessThan(1_200)
      expect(child.lines).toContain('phase:closed ')
    })

    it(`D12 ends with 1 where a request was lost (${framework})`, async () => {
      const drain = { graceMs: 100, abortMs: 100, idleGraceMs: 50 }
      const { child, connect } = await start({ framework, slowMs: 60_000, options: { drain } })
      const client = await connect()
      client.request({ path: '/slow' })
      await child.told('slow')
      child.send('SIGTERM')
      const { code, signal, ms } = await waitFor('the end', child.ended)
      expect({ code, signal }).toEqual({ code: 1, signal: null })
      expect(ms).toBeLessThan(3_500)
    })
  }

  it('D12 drains on SIGINT too', async () => {
    const { child, connect } = await start({ options: { drain: { idleGraceMs: 50 } } })
    const client = await connect()
    const { reply } = client.request({ path: '/slow' })
    await child.told('slow')
    child.send('SIGINT')
    expect(await waitFor('the reply', reply)).toMatchObject({ text: 'slow' })
    expect(await waitFor('the end', child.ended)).toMatchObject({ code: 0, signal: null })
  })

  for (const framework of ['node', 'fastify'] as const) {
    it(`D12 ends at once at the second signal, with 1 where that loses something (${framework})`, async () => {
      const { child, connect } = await start({ framework, slowMs: 60_000 })
      const client = await connect()
      const { reply } = client.request({ path: '/slow' })
      await child.told('slow')
      child.send('SIGTERM')
      await child.told('phase:finish')
      child.send('SIGINT')
      const { code, signal, ms } = await waitFor('the end', child.ended)
      expect({ code, signal }).toEqual({ code: 1, signal: null })
      expect(ms).toBeLessThan(500)
      expect((await waitFor('the reply', reply)).ending).not.toBe('complete')
    })
  }

  it('D12 takes a signal that comes twice at once for one, as it does behind npm', async () => {
    const { child, connect } = await start({ options: { drain: { idleGraceMs: 50 } } })
    const client = await connect()
    const { reply } = client.request({ path: '/slow' })
    await child.told('slow')
    child.send('SIGTERM')
    await child.told('phase:finish')
    child.send('SIGTERM')
    expect(await waitFor('the reply', reply)).toMatchObject({ status: 200, text: 'slow' })
    expect(await waitFor('the end', child.ended)).toMatchObject({ code: 0, signal: null })
  })

  it('D12 ends at once at the second signal, with 0 where that loses nothing', async () => {
    const { child, connect } = await start({ options: { drain: { idleGraceMs: 15_000 } } })
    const client = await connect()
    await waitFor('a reply', client.request().reply)
    child.send('SIGTERM')
    await child.told('phase:finish')
    await pause(AFTER_ECHO_MS)
    child.send('SIGTERM')
    const { code, signal, ms } = await waitFor('the end', child.ended)
    expect({ code, signal }).toEqual({ code: 0, signal: null })
    expect(ms).toBeLessThan(500)
  })

  it('D12 ends at once at the second signal, with 1 where clean-up was still to come', async () => {
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
    expect(await waitFor('the end', child.ended)).toMatchObject({ code: 1, signal: null })
    expect(child.lines).not.toContain('cleaning ')
  })

  it('D12 ends at once at the second signal, with 1 where clean-up was under way', async () => {
    const { child } = await start({ cleanUp: 'hangs', options: { drain: { closeMs: 60_000 } } })
    child.send('SIGTERM')
    await child.told('cleaning')
    child.send('SIGINT')
    const { code, signal, ms } = await waitFor('the end', child.ended)
    expect({ code, signal }).toEqual({ code: 1, signal: null })
    expect(ms).toBeLessThan(500)
    expect(child.lines).toContain('warn {"clean":false,"cleanup":["db"]}')
  })

  it('D12 ends with 1 where a clean-up function failed', async () => {
    const { child } = await start({ cleanUp: 'fails' })
    child.send('SIGTERM')
    expect(await waitFor('the end', child.ended)).toMatchObject({ code: 1, signal: null })
  })

  it('D12 ends with 1 where a waitUntil had not settled', async () => {
    const drain = { graceMs: 100, abortMs: 100, idleGraceMs: 50 }
    const { child, connect } = await start({ leavesWork: true, options: { drain } })
    await waitFor('a reply', (await connect()).request().reply)
    child.send('SIGTERM')
    expect(await waitFor('the end', child.ended)).toMatchObject({ code: 1, signal: null })
  })

  it('D12 lets the process end by itself, so that telemetry can flush', async () => {
    const { child } = await start({ flushMs: 500 })
    child.send('SIGTERM')
    const { code, ms } = await waitFor('the end', child.ended)
    expect(code).toBe(0)
    expect(child.lines).toContain('telemetry ')
    expect(ms).toBeLessThan(950)
  })

  it('D12 ends a process that a forgotten timer holds, 1 s after the drain', async () => {
    const { child } = await start({ forgets: true })
    child.send('SIGTERM')
    await child.told('phase:closed')
    const closedAt = performance.now()
    expect(await waitFor('the end', child.ended)).toMatchObject({ code: 0, signal: null })
    const ms = performance.now() - closedAt
    expect(ms).toBeGreaterThan(900)
    expect(ms).toBeLessThan(2_000)
  })

  it('D12 keeps an exit code that is set already', async () => {
    const { child } = await start({ exitCode: 7 })
    child.send('SIGTERM')
    expect(await waitFor('the end', child.ended)).toMatchObject({ code: 7, signal: null })
  })

  it('D12 drains all handles of a process at one signal', async () => {
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
    expect(await waitFor('the end', child.ended)).toMatchObject({ code: 0, signal: null })
    expect(child.lines.filter((line) => line === 'phase:closed ')).toHaveLength(2)
  })

  it('D12 leaves signals to Node under signals: false', async () => {
    const { child, connect } = await start({ slowMs: 60_000, options: { signals: false } })
    const client = await connect()
    client.request({ path: '/slow' })
    await child.told('slow')
    child.send('SIGTERM')
    expect(await waitFor('the end', child.ended)).toMatchObject({ code: null, signal: 'SIGTERM' })
  })

  it('D12 leaves the process alone where its own handler drains, under signals: false', async () => {
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
  })

  it('D12 lets an uncaught error end the process as ever, also during a drain', async () => {
    const { child, connect } = await start({ slowMs: 60_000, throwsMs: 100 })
    const client = await connect()
    client.request({ path: '/slow' })
    await child.told('slow')
    child.send('SIGTERM')
    const { code, ms } = await waitFor('the end', child.ended)
    expect(code).toBe(1)
    expect(ms).toBeLessThan(1_000)
    expect(child.lines.join('\n')).toContain('as the row wants it')
  })
})
