import { afterEach, describe, expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Child, startChild } from './child.ts'
import type { ReusePortGiven } from './fixtures/reuse-port.ts'

const CLIENTS = 100

/** `listen({ reusePort })` came with 22.12 and 23.1: older ones take the option for nothing. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const hasReusePort = major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12)

describe('two processes on one port', () => {
  const children: Child[] = []
  afterEach(() => {
    for (const child of children.splice(0)) child.kill()
  })

  function start(port: number): Child {
    const child = startChild('reuse-port', { port } satisfies ReusePortGiven)
    children.push(child)
    return child
  }

  if (hasReusePort) {
    it('D2 answers all that the kernel has given to the one that goes', async () => {
      const old = start(0)
      const port = Number(await old.told('listening'))
      const next = start(port)
      await next.told('listening')

      old.send('SIGUSR2')
      await old.told('stalled')
      const clients = await waitFor('the clients to connect', connectAll(port))
      const replies = clients.map((client) => client.request().reply)
      old.send('SIGTERM')
      const answers = await waitFor('the replies', Promise.all(replies), 10_000)
      expect(answers.filter(({ ending }) => ending !== 'complete')).toEqual([])
      expect(new Set(answers.map(({ text }) => text)).size).toBe(2)
      expect(await waitFor('the old process to end', old.ended, 10_000)).toMatchObject({ code: 0 })

      const [later] = await Promise.all((await connectAll(port)).map((one) => one.request().reply))
      expect(answers.map(({ text }) => text)).toContain(later?.text)
      next.send('SIGTERM')
      expect(await waitFor('the next one to end', next.ended, 10_000)).toMatchObject({ code: 0 })
    })
  } else {
    it(`D2 has no second process on one port with Node ${process.version}`, async () => {
      const port = Number(await start(0).told('listening'))
      expect(await start(port).told('refused')).toContain('EADDRINUSE')
    })
  }
})

function connectAll(port: number) {
  return Promise.all(Array.from({ length: CLIENTS }, () => connectHttp1({ port, tls: false })))
}
