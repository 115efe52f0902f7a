import type { Duplex } from 'node:stream'
import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { pause } from '../../support/pause.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage } from '../stage.ts'
import { createPhases } from './phases.ts'

/** D4: connections on which nothing is under way. */
export function keepAlive(host: Host): void {
  const { start, row } = createStage(host)

  row(
    'D4 keeps idle connections for idleGraceMs, answers what arrives, then says FIN',
    async () => {
      const phases = createPhases()
      const options = { drain: { idleGraceMs: 300 }, onPhase: phases.onPhase }
      const site = await start({ '/': (call) => call.send(200, 'served') }, { options })
      const speaks = await site.connectHttp1()
      const silent = await site.connectHttp1()
      const unused = await site.connectHttp1()
      for (const client of [speaks, silent]) await waitFor('a reply', client.request().reply)

      const drained = site.hang.drain()
      await phases.reached('finish')
      const shutAt = performance.now()
      const closings = [silent, unused].map(async ({ closed }) => {
        expect(await waitFor('the close', closed)).toBe('fin')
        return performance.now() - shutAt
      })
      await pause(150)
      expect(await waitFor('a late reply', speaks.request().reply)).toMatchObject({ status: 200 })
      for (const ms of await Promise.all(closings)) expect(ms).toBeGreaterThanOrEqual(290)
      const { clean, connections } = await waitFor('the drain', drained)
      expect({ clean, connections }).toEqual({
        clean: true,
        connections: { idle: 2, finished: 1, destroyed: 0 },
      })
    },
  )

  row('D4 runs no handler for a request that crossed our FIN, and does not reset it', async () => {
    let runs = 0
    const site = await start({
      '/': (call) => call.send(200, 'served'),
      '/crossing': (call) => {
        runs++
        call.send(200, 'too late')
      },
    })
    const finished = new Promise<void>((resolve) => {
      const event = host.tls ? 'secureConnection' : 'connection'
      site.server.once(event, (socket: Duplex) => socket.once('finish', resolve))
    })
    const client = await site.connectHttp1()
    await waitFor('a reply', client.request().reply)
    const drained = site.hang.drain()
    await waitFor('our FIN', finished)
    const sent = client.request({ method: 'POST', path: '/crossing', body: 'x'.repeat(100_000) })
    expect(await waitFor('the end', sent.reply)).toMatchObject({ status: 0, ending: 'cut' })
    expect(await waitFor('the close', client.closed)).toBe('fin')
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
    expect(runs).toBe(0)
  })

  row('D4 does not reset a request that crossed the FIN behind a last response', async () => {
    const phases = createPhases()
    let runs = 0
    const options = { drain: { idleGraceMs: 300 }, onPhase: phases.onPhase }
    const site = await start(
      {
        '/': (call) => call.send(200, 'served'),
        '/crossing': (call) => {
          runs++
          call.send(200, 'too late')
        },
      },
      { options },
    )
    const finished = new Promise<void>((resolve) => {
      const event = host.tls ? 'secureConnection' : 'connection'
      site.server.once(event, (socket: Duplex) => socket.once('finish', resolve))
    })
    const client = await site.connectHttp1()
    const drained = site.hang.drain()
    await phases.reached('finish')
    const last = client.request()
    await waitFor('our FIN', finished)
    const crossing = client.request({ path: '/crossing', body: Buffer.alloc(8 << 20) })
    const { headers, ending } = await waitFor('the last reply', last.reply)
    expect({ ending, connection: headers.connection }).toEqual({
      ending: 'complete',
      connection: 'close',
    })
    expect(await waitFor('the end', crossing.reply)).toMatchObject({ status: 0, ending: 'cut' })
    expect(await waitFor('the close', client.closed)).toBe('fin')
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
    expect(runs).toBe(0)
  })

  row('D4 delivers the last response to a client that is still sending its request', async () => {
    const phases = createPhases()
    const options = { drain: { idleGraceMs: 300 }, onPhase: phases.onPhase }
    const site = await start({ '/': (call) => call.send(200, 'I have read enough') }, { options })
    const client = await site.connectHttp1()
    const drained = site.hang.drain()
    await phases.reached('finish')
    const headers = { 'content-type': 'application/octet-stream' }
    const sent = client.request({ headers, body: Buffer.alloc(8 << 20) })
    expect(await waitFor('the reply', sent.reply)).toMatchObject({
      status: 200,
      ending: 'complete',
      text: 'I have read enough',
    })
    expect(await waitFor('the close', client.closed)).toBe('fin')
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
  })
}
