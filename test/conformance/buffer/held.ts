import { expect } from 'vitest'
import type { Handler, Host } from '../../hosts/host.ts'
import { turns } from '../../support/turns.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createStage, type Site } from '../stage.ts'
import { createVisit } from '../visit.ts'
import { patient, rows, spacedPages } from './pages.ts'

/** B1: up to `maxBytes` a response is held until `end()`, then sent at once with its Content-Length. */
export function held(host: Host): void {
  const { start, row } = createStage(host)

  for (const [what, handler] of Object.entries(spacedPages)) {
    row(`B1 sends 100 ${what} at once, with their Content-Length`, async () => {
      const site = await start({ '/': handler }, { options: patient })
      const { reply, arrivals } = await ask(site)
      expect(reply).toMatchObject({ status: 200, ending: 'complete', text: rows(100) })
      expect(reply.headers).toMatchObject({ 'content-length': `${rows(100).length}` })
      expect(reply.headers['transfer-encoding']).toBeUndefined()
      expect(arrivals).toBe(1)
    })

    row(`B1 sends each of 100 ${what} by itself under buffer: false`, async () => {
      const site = await start({ '/': handler }, { options: { buffer: false } })
      const { reply, arrivals } = await ask(site)
      expect(reply).toMatchObject({ status: 200, ending: 'complete', text: rows(100) })
      expect(arrivals).toBeGreaterThan(10)
    })
  }

  row('B1 lets status and headers change until end()', async () => {
    const seen: unknown[] = []
    const visit = createVisit(async ({ res }) => {
      res.statusCode = 200
      res.setHeader('x-first', 'set')
      res.setHeader('x-second', 'set')
      res.write('one')
      await turns()
      seen.push(res.headersSent, res.writableEnded, res.getHeader('x-first'))
      res.statusCode = 201
      res.setHeader('x-first', 'changed')
      res.removeHeader('x-second')
      res.setHeader('x-third', 'added')
      res.write('two')
      await turns()
      seen.push(res.headersSent)
      res.end('three')
      seen.push(res.headersSent, res.writableEnded)
    })
    const site = await start({ '/': visit.handler }, { options: patient })
    const { reply } = await ask(site)
    expect(reply).toMatchObject({ status: 201, text: 'onetwothree', ending: 'complete' })
    expect(reply.headers).toMatchObject({ 'x-first': 'changed', 'x-third': 'added' })
    expect(reply.headers['x-second']).toBeUndefined()
    expect(seen).toEqual([false, false, 'set', false, true, true])
  })

  row('B1 lets what writeHead() said change until end()', async () => {
    const visit = createVisit(async ({ res }) => {
      res.writeHead(200, { 'x-first': 'said', 'x-second': 'said' })
      expect(res.headersSent).toBe(false)
      res.write('one')
      await turns()
      res.setHeader('x-first', 'changed')
      res.writeHead(202)
      res.end('two')
    })
    const site = await start({ '/': visit.handler }, { options: patient })
    const { reply } = await ask(site)
    expect(reply).toMatchObject({ status: 202, text: 'onetwo', ending: 'complete' })
    expect(reply.headers).toMatchObject({ 'x-first': 'changed', 'x-second': 'said' })
  })

  row('B1 joins text of all encodings with bytes', async () => {
    const site = await start(
      {
        '/': async ({ res }) => {
          res.write('é')
          await turns(1)
          res.write('c3bc', 'hex')
          res.write('ö', 'latin1')
          res.write(Buffer.from('bytes'))
          res.write(new Uint8Array([33]))
          await turns(1)
          res.end('Z2V0', 'base64')
        },
      },
      { options: patient },
    )
    const { reply } = await ask(site)
    expect(reply.body).toEqual(
      Buffer.concat([Buffer.from('éü'), Buffer.from([0xf6]), Buffer.from('bytes!get')]),
    )
  })

  row('B1 calls back for each write and for the end, in order', async () => {
    const order: string[] = []
    const visit = createVisit(async ({ res }) => {
      res.on('finish', () => order.push('finish'))
      await new Promise<void>((next) => res.write('one', () => next(void order.push('one'))))
      const memory = Buffer.from('two')
      await new Promise<void>((next) => res.write(memory, () => next(void order.push('two'))))
      memory.fill('x') // It is the writer's own again.
      await new Promise<void>((next) => res.end('three', () => next(void order.push('end'))))
    })
    const site = await start({ '/': visit.handler }, { options: patient })
    const { reply } = await ask(site)
    await waitFor('the handler', visit.over)
    expect(reply.text).toBe('onetwothree')
    expect(order.filter((what) => what !== 'finish')).toEqual(['one', 'two', 'end'])
    expect(order.filter((what) => what === 'finish')).toHaveLength(1)
  })

  row('B1 sends what was written, whatever becomes of its memory', async () => {
    const site = await start(
      {
        '/': async ({ res }) => {
          const memory = Buffer.alloc(4)
          for (const letter of 'abc') {
            memory.fill(letter)
            res.write(memory) // `true` says that the kernel has it.
            await turns()
          }
          memory.fill('x')
          res.end()
        },
      },
      { options: patient },
    )
    const { reply } = await ask(site)
    expect(reply.text).toBe('aaaabbbbcccc')
  })

  row('B1 frames each of three responses on one connection', async () => {
    const page = (part: string): Handler => {
      return async ({ res }) => {
        res.write(part)
        await turns()
        res.end(part)
      }
    }
    const site = await start(
      { '/a': page('a'), '/b': page('bb'), '/c': page('ccc') },
      { options: patient },
    )
    const peer = await site.connect()
    const sent = ['/a', '/b', '/c'].map((path) => peer.request({ path }).reply)
    const replies = await waitFor('three replies', Promise.all(sent))
    expect(replies.map(({ text }) => text)).toEqual(['aa', 'bbbb', 'cccccc'])
    expect(replies.map(({ headers }) => headers['content-length'])).toEqual(['2', '4', '6'])
  })

  /** The reply to a GET, and in how many pieces it came: reads on HTTP/1, DATA frames on HTTP/2. */
  async function ask(site: Site) {
    if (host.speaks === 'h2') {
      const client = await site.connectHttp2()
      const sent = client.request()
      const reply = await waitFor('the reply', sent.reply)
      const { chunks } = client.frames.stream(sent.id)
      return { reply, arrivals: chunks.filter(({ length }) => length > 0).length }
    }
    const client = await site.connectHttp1()
    const reply = await waitFor('the reply', client.request().reply)
    return { reply, arrivals: client.reads }
  }
}
