import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { createLatch } from '../../support/latch.ts'
import { pause } from '../../support/pause.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage } from '../stage.ts'
import { createVisit, startResponse } from '../visit.ts'
import { createPhases } from './phases.ts'

/** D3: how HTTP/1 clients learn that their connection closes, and what is still served. */
export function lastResponses(host: Host): void {
  const { start, row } = createStage(host)
  const served = (call: { send(status: number, body: string): void }) => call.send(200, 'served')

  row(
    'D3 says Connection: close on a response whose handler runs when the drain starts',
    async () => {
      const goOn = createLatch()
      const phases = createPhases()
      const visit = createVisit(async (call) => {
        await goOn.opened
        call.send(200, 'served')
      })
      const site = await start({ '/': visit.handler }, { options: { onPhase: phases.onPhase } })
      const client = await site.connectHttp1()
      const { reply } = client.request()
      await waitFor('the request', visit.arrived)
      const drained = site.hang.drain()
      await phases.reached('finish')
      goOn.open()
      const { status, headers, ending } = await waitFor('the reply', reply)
      expect({ status, ending, connection: headers.connection }).toEqual({
        status: 200,
        ending: 'complete',
        connection: 'close',
      })
      expect(await waitFor('the close', client.closed)).toBe('fin')
      expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
    },
  )

  row('D3 says Connection: close where a handler answers at once', async () => {
    const phases = createPhases()
    const options = { drain: { idleGraceMs: 300 }, onPhase: phases.onPhase }
    const site = await start({ '/': served }, { options })
    const client = await site.connectHttp1()
    const first = await waitFor('the first reply', client.request().reply)
    expect(first.headers.connection).not.toBe('close')
    const drained = site.close()
    await phases.reached('finish')
    const { status, headers } = await waitFor('the second reply', client.request().reply)
    expect({ status, connection: headers.connection }).toEqual({ status: 200, connection: 'close' })
    expect(await waitFor('the close', client.closed)).toBe('fin')
    await waitFor('the drain', drained)
  })

  row('D3 says Connection: close on an error page and on a 404', async () => {
    const phases = createPhases()
    const options = { drain: { idleGraceMs: 300 }, onPhase: phases.onPhase }
    const site = await start(
      {
        '/fails': () => {
          throw new Error('as the row wants it')
        },
      },
      { options },
    )
    const [one, other] = [await site.connectHttp1(), await site.connectHttp1()]
    const drained = site.hang.drain()
    await phases.reached('finish')
    const failed = await waitFor('the error page', one.request({ path: '/fails' }).reply)
    const missing = await waitFor('the 404', other.request({ path: '/missing' }).reply)
    expect([failed.status, missing.status]).toEqual([500, 404])
    expect([failed.headers.connection, missing.headers.connection]).toEqual(['close', 'close'])
    await waitFor('the drain', drained)
    site.errors.take()
  })

  row('D3 serves the next request behind a response that had begun before the drain', async () => {
    const goOn = createLatch()
    const phases = createPhases()
    const visit = createVisit(async (call) => {
      startResponse(call)
      await goOn.opened
      call.res.end()
    })
    const options = { drain: { idleGraceMs: 300 }, onPhase: phases.onPhase }
    const site = await start({ '/begun': visit.handler, '/': served }, { options })
    const client = await site.connectHttp1()
    const begun = client.request({ path: '/begun' })
    await waitFor('its head', begun.head)
    const drained = site.hang.drain()
    await phases.reached('finish')
    goOn.open()
    const first = await waitFor('the reply', begun.reply)
    expect(first).toMatchObject({ ending: 'complete', text: 'part' })
    expect(first.headers.connection).not.toBe('close')
    const { status, headers } = await waitFor('the next reply', client.request().reply)
    expect({ status, connection: headers.connection }).toEqual({ status: 200, connection: 'close' })
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
  })

  row('D3 says Connection: close only on the last of pipelined responses', async () => {
    const goOn = createLatch()
    const phases = createPhases()
    const last = createVisit(async (call) => {
      await goOn.opened
      call.send(200, 'served')
    })
    const first = createVisit(last.handler)
    const site = await start(
      { '/first': first.handler, '/last': last.handler },
      { options: { onPhase: phases.onPhase } },
    )
    const client = await site.connectHttp1()
    const sent = ['/first', '/last'].map((path) => client.request({ path }))
    await waitFor('two requests', Promise.all([first.arrived, last.arrived]))
    const drained = site.hang.drain()
    await phases.reached('finish')
    // A third comes behind the response that was to be the last.
    const path = '/last?third'
    sent.push(client.request({ path }))
    await waitFor(
      'the third request',
      (async () => {
        while (!site.hang.exchanges().some(({ url }) => url === path)) await pause(1)
      })(),
    )
    goOn.open()
    const replies = await waitFor('three replies', Promise.all(sent.map(({ reply }) => reply)))
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(replies.map(({ headers }) => headers.connection === 'close')).toEqual([
      false,
      false,
      true,
    ])
    expect(await waitFor('the close', client.closed)).toBe('fin')
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
  })

  row('D3 runs nothing that is pipelined behind the last response', async () => {
    const phases = createPhases()
    const goOn = createLatch()
    let runs = 0
    const options = { drain: { idleGraceMs: 300 }, onPhase: phases.onPhase }
    const site = await start(
      {
        '/last': async (call) => {
          startResponse(call)
          await goOn.opened
          call.res.end()
        },
        '/behind': (call) => {
          runs++
          call.send(200, 'too late')
        },
      },
      { options },
    )
    const client = await site.connectHttp1()
    const drained = site.hang.drain()
    await phases.reached('finish')
    const last = client.request({ path: '/last' })
    expect((await waitFor('the head', last.head))?.headers.connection).toBe('close')
    const behind = client.request({ path: '/behind' })
    await pause(50)
    goOn.open()
    expect(await waitFor('the reply', last.reply)).toMatchObject({
      text: 'part',
      ending: 'complete',
    })
    expect(await waitFor('the end', behind.reply)).toMatchObject({ status: 0, ending: 'cut' })
    expect(await waitFor('the close', client.closed)).toBe('fin')
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
    expect(runs).toBe(0)
  })

  row('D3 serves a request of which half the head had arrived', async () => {
    const phases = createPhases()
    const options = { drain: { idleGraceMs: 50 }, onPhase: phases.onPhase }
    const site = await start({ '/': served }, { options })
    const [fresh, kept] = [await site.connectHttp1(), await site.connectHttp1()]
    await waitFor('a reply', kept.request().reply)
    for (const client of [fresh, kept]) client.send('GET / HTTP/1.1\r\nHost: local')
    const drained = site.hang.drain()
    await phases.reached('finish')
    await pause(200)
    for (const client of [fresh, kept]) {
      client.send('host\r\n\r\n')
      const { status, headers } = await waitFor('the reply', client.expectReply().reply)
      expect({ status, connection: headers.connection }).toEqual({
        status: 200,
        connection: 'close',
      })
    }
    expect(await waitFor('the drain', drained)).toMatchObject({ clean: true })
  })

  row('D3 serves until the soft deadline, then says 503, Retry-After and close', async () => {
    const phases = createPhases()
    const goOn = createLatch()
    const stuck = createVisit(async (call) => {
      await goOn.opened
      call.send(200, 'at last')
    })
    const drain = { graceMs: 300, abortMs: 10_000, idleGraceMs: 5_000 }
    const site = await start(
      { '/stuck': stuck.handler, '/': served },
      { options: { drain, onPhase: phases.onPhase } },
    )
    const clients = [await site.connectHttp1(), await site.connectHttp1()] as const
    const busy = await site.connectHttp1()
    const { reply } = busy.request({ path: '/stuck' })
    await waitFor('the request', stuck.arrived)
    const drained = site.hang.drain()
    await phases.reached('finish')
    expect(await waitFor('a reply', clients[0].request().reply)).toMatchObject({ status: 200 })

    await phases.reached('abort')
    const refused = await waitFor('a refusal', clients[1].request().reply)
    expect(refused).toMatchObject({ status: 503, ending: 'complete' })
    expect(refused.headers.connection).toBe('close')
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(await waitFor('the close', clients[1].closed)).toBe('fin')
    goOn.open()
    expect(await waitFor('the stuck one', reply)).toMatchObject({ status: 200 })
    const { requests, clean } = await waitFor('the drain', drained)
    expect(clean).toBe(true)
    expect(requests).toEqual({ finished: 2, refused: 1, aborted: 0, lost: [] })
  })
}
