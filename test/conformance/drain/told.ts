import { expect } from 'vitest'
import type { Host } from '../../hosts/host.ts'
import { pause } from '../../support/pause.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage, type Site } from '../stage.ts'
import { createVisit } from '../visit.ts'
import { createPhases } from './phases.ts'

/** D10: what never ends by itself learns of the drain when it starts. */
export function told(host: Host): void {
  const { start, row } = createStage(host)

  row('D10 tells event streams at the start, and delivers their farewell', async () => {
    const phases = createPhases()
    const sites: Site[] = []
    const visit = createVisit(async (call) => {
      const res = call.raw()
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.write('data: hello\n\n')
      await fired(sites[0]?.hang.drainSignal)
      await pause(100)
      res.end('event: bye\n\n')
    })
    const site = await start({ '/': visit.handler }, { options: { onPhase: phases.onPhase } })
    sites.push(site)
    const peer = await site.connect()
    const sent = peer.request()
    await waitFor('the head', sent.head)
    expect(site.hang.drainSignal.aborted).toBe(false)
    const drained = site.close()
    await waitFor('the signal', fired(site.hang.drainSignal), 500)
    expect(await waitFor('the stream', sent.reply)).toMatchObject({
      text: 'data: hello\n\nevent: bye\n\n',
      ending: 'complete',
    })
    await waitFor('the drain', drained)
    expect((await phases.reached('closed')).clean).toBe(true)
    expect(phases.entered).not.toContain('abort')
  })

  row('D10 lets long polls answer at the start, and says 503 where they reject', async () => {
    const phases = createPhases()
    const sites: Site[] = []
    const answers = createVisit(async (call) => {
      await fired(sites[0]?.hang.drainSignal)
      call.send(200, 'nothing new')
    })
    const rejects = createVisit(async () => {
      await fired(sites[0]?.hang.drainSignal)
      sites[0]?.hang.drainSignal.throwIfAborted()
    })
    const site = await start(
      { '/answers': answers.handler, '/rejects': rejects.handler },
      { options: { onPhase: phases.onPhase } },
    )
    sites.push(site)
    const polls = [await site.connect(), await site.connect()] as const
    const replies = [
      polls[0].request({ path: '/answers' }).reply,
      polls[1].request({ path: '/rejects' }).reply,
    ] as const
    await waitFor('both polls', Promise.all([answers.arrived, rejects.arrived]))
    const drained = site.close()
    expect(await waitFor('an answer', replies[0])).toMatchObject({
      status: 200,
      text: 'nothing new',
      ending: 'complete',
    })
    const refused = await waitFor('a refusal', replies[1])
    expect(refused).toMatchObject({ status: 503, ending: 'complete' })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    await waitFor('the drain', drained)
    expect((await phases.reached('closed')).clean).toBe(true)
    expect(phases.entered).not.toContain('abort')
  })

  row('D10 goes on where a listener of the signal throws', async () => {
    const phases = createPhases()
    const site = await start({}, { options: { onPhase: phases.onPhase } })
    site.hang.drainSignal.addEventListener('abort', () => {
      throw new Error('as the row wants it')
    })
    expect(await waitFor('the drain', site.hang.drain())).toMatchObject({ clean: true })
    site.errors.take()
  })

  if (host.speaks === 'h2') return

  const accept =
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nhello '

  row('D10 gives upgraded sockets until the soft deadline to say good-bye', async () => {
    const phases = createPhases()
    const site = await start({}, { options: { onPhase: phases.onPhase } })
    site.server.on('upgrade', async (_, socket) => {
      socket.write(accept)
      await fired(site.hang.drainSignal)
      await pause(200)
      socket.end('good-bye')
    })
    const client = await site.connectHttp1()
    const sent = client.request({ headers: { connection: 'Upgrade', upgrade: 'x' } })
    expect(await waitFor('the upgrade', sent.head)).toMatchObject({ status: 101 })
    const drained = site.close()
    expect(await waitFor('the farewell', sent.reply)).toMatchObject({
      text: 'hello good-bye',
      ending: 'fin',
    })
    await waitFor('the drain', drained)
    expect((await phases.reached('closed')).clean).toBe(true)
    expect(phases.entered).not.toContain('abort')
  })

  row('D10 ends upgraded sockets in order at the soft deadline', async () => {
    const phases = createPhases()
    const drain = { graceMs: 200, abortMs: 10_000 }
    const site = await start({}, { options: { drain, onPhase: phases.onPhase } })
    site.server.on('upgrade', (_, socket) => {
      socket.write(accept)
      socket.on('error', () => {})
    })
    const client = await site.connectHttp1()
    client.request({ headers: { connection: 'Upgrade', upgrade: 'x' } })
    const began = performance.now()
    const drained = site.hang.drain()
    expect(await waitFor('the close', client.closed)).toBe('fin')
    expect(performance.now() - began).toBeGreaterThanOrEqual(190)
    await waitFor('the drain', drained)
    expect(phases.entered).not.toContain('destroy')
  })
}

function fired(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal === undefined || signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
