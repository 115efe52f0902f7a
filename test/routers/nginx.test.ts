import http from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { HOST } from './address.ts'
import { FRAMEWORKS } from './app-process.ts'
import { ABORTED, FLUSHED, UPLOAD_ABORTED } from './fate.ts'
import { leave, leaveUpload } from './leaving.ts'
import { startNginx } from './nginx.ts'
import type { Router } from './router.ts'
import { createStand, rollingRow } from './rows.ts'

describe.each(FRAMEWORKS)('%s behind nginx', (framework) => {
  const standBehind = createStand(framework)
  rollingRow(framework, 'nginx')

  it('A1 hears of clients that leave', async () => {
    const { app, router } = await standBehind(startNginx)
    const settled = await leave(router, app, 10_000)
    expect(settled).toEqual(Array(4).fill(ABORTED))
    const entries = (await router.end()).filter(({ path }) => path === '/wait')
    expect(entries.map(({ method, status }) => [method, status])).toEqual([
      ['GET', 499],
      ['GET', 499],
      ['POST', 499],
      ['POST', 499],
    ])
  })

  it('A1 hears of nobody who leaves under proxy_ignore_client_abort', async () => {
    const { app, router } = await standBehind((ports) =>
      startNginx(ports, { directives: 'proxy_ignore_client_abort on;' }),
    )
    expect(await leave(router, app, 300)).toEqual(Array(4).fill(FLUSHED))
  })

  it.each(['on', 'off'])(
    'A1 hears of uploads that end half-way and were not buffered, with proxy_ignore_client_abort %s',
    async (isOn) => {
      const directives = `proxy_request_buffering off; proxy_ignore_client_abort ${isOn};`
      const { app, router } = await standBehind((ports) => startNginx(ports, { directives }))
      const settled = await leaveUpload(router, app, 10_000)
      expect(settled).toEqual(Array(2).fill(UPLOAD_ABORTED))
    },
  )

  for (const upstreamHttp of ['1.0', '1.1'] as const) {
    it(`B3 has no page that failed half-way in proxy_cache, over HTTP/${upstreamHttp}`, async () => {
      const directives = 'proxy_cache pages; proxy_cache_valid 200 1m;'
      const { app, router } = await standBehind((ports) =>
        startNginx(ports, { directives, upstreamHttp }),
      )
      const pages = ['/whole', '/whole', '/cut', '/cut']
      const ends: string[] = []
      for (const page of pages) ends.push(await get(router, page))
      expect(ends).toEqual(['whole', 'whole', 'cut', 'cut'])
      // A page that came out of the cache was asked for once.
      const made = [await app.told('page'), await app.told('page'), await app.told('page')]
      expect(made).toEqual(['/whole', '/cut', '/cut'])
      const entries = await router.end()
      expect(entries.map(({ path, how }) => [path, how.split(' ')[0]])).toEqual([
        ['/whole', 'MISS'],
        ['/whole', 'HIT'],
        ['/cut', 'MISS'],
        ['/cut', 'MISS'],
      ])
    })
  }
})

/** Resolves with how the page ended. */
function get({ port }: Router, path: string): Promise<'whole' | 'cut'> {
  return new Promise((resolve, reject) => {
    http
      .get({ host: HOST, port, path, agent: false }, (response) => {
        text(response).then(
          () => resolve('whole'),
          () => resolve('cut'),
        )
      })
      .once('error', reject)
  })
}
