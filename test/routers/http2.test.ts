import { describe, expect, it } from 'vitest'
import { ABORTED, FLUSHED, UPLOAD_ABORTED } from './fate.ts'
import { startHaproxy } from './haproxy.ts'
import { leave, leaveUpload } from './leaving.ts'
import {
  leaveHttp2,
  leaveHttp2Upload,
  resetOneOfTwo,
  type Siblings,
  WAYS,
} from './leaving-http2.ts'
import { startNginx } from './nginx.ts'
import { PLAIN, type Ports, type Sides } from './recipe.ts'
import { ROADS } from './roads.ts'
import { createStand, rollingRow } from './rows.ts'

const sides: Sides = { ...PLAIN, clients: 'h2' }
const ALONE: Siblings = { reset: ABORTED, isOtherSettled: false, next: 'ready\n' }

describe('HTTP/2 from clients to nginx', () => {
  const standBehind = createStand('node')
  const { startRouter } = ROADS['h2-nginx']
  const startWith = (directives: string) => (ports: Ports) =>
    startNginx(ports, { sides, directives })
  rollingRow('node', 'h2-nginx', 4)

  it.each(WAYS)('A1 hears of clients that leave by %s', async (way) => {
    const { app, router } = await standBehind(startRouter)
    expect(await leaveHttp2(way, router, app, 10_000)).toEqual([ABORTED, ABORTED])
    const entries = (await router.end()).filter(({ path }) => path === '/wait')
    expect(entries.map(({ status }) => status)).toEqual([499, 499])
  })

  it('A5 leaves the other streams of a session alone', async () => {
    const { app, router } = await standBehind(startRouter)
    expect(await resetOneOfTwo(router, app)).toEqual(ALONE)
  })

  it.each(WAYS)(
    'A1 hears of nobody who leaves by %s under proxy_ignore_client_abort',
    async (way) => {
      const { app, router } = await standBehind(startWith('proxy_ignore_client_abort on;'))
      const settled = await leaveHttp2(way, router, app, 300)
      expect(settled).toEqual([FLUSHED, FLUSHED])
    },
  )

  it.each(['on', 'off'])(
    'A1 hears of uploads that end half-way and were not buffered, with proxy_ignore_client_abort %s',
    async (isOn) => {
      const { app, router } = await standBehind(
        startWith(`proxy_request_buffering off; proxy_ignore_client_abort ${isOn};`),
      )
      for (const way of WAYS) {
        expect(await leaveHttp2Upload(way, router, app, 10_000)).toEqual([UPLOAD_ABORTED])
      }
    },
  )
})

describe('HTTP/2 from clients to HAProxy', () => {
  const standBehind = createStand('node')
  const { startRouter } = ROADS['h2-haproxy']
  const startWith = (line: string) => (ports: Ports) => startHaproxy(ports, { sides, line })
  rollingRow('node', 'h2-haproxy', 4)

  it.each([
    ['RST_STREAM', 'option abortonclose', 'CD'],
    ['FIN', 'option abortonclose', 'CH'],
    ['RST', 'option abortonclose', 'CD'],
    ['RST_STREAM', 'no option abortonclose', 'CD'],
    ['RST', 'no option abortonclose', 'CD'],
  ] as const)('A1 hears of clients that leave by %s, with %s', async (way, line, how) => {
    const { app, router } = await standBehind(startWith(line))
    expect(await leaveHttp2(way, router, app, 10_000)).toEqual([ABORTED, ABORTED])
    const entries = (await router.end()).filter(({ path }) => path === '/wait')
    expect(entries.map((entry) => entry.how.slice(0, 2))).toEqual([how, how])
  })

  it('A1 hears of nobody who leaves by FIN without option abortonclose', async () => {
    const { app, router } = await standBehind(startWith('no option abortonclose'))
    const settled = await leaveHttp2('FIN', router, app, 300)
    expect(settled).toEqual([FLUSHED, FLUSHED])
  })

  it('A5 leaves the other streams of a session alone', async () => {
    const { app, router } = await standBehind(startRouter)
    expect(await resetOneOfTwo(router, app)).toEqual(ALONE)
  })

  it.each(['option abortonclose', 'no option abortonclose'])(
    'A1 hears of uploads that end half-way, with %s',
    async (line) => {
      const { app, router } = await standBehind(startWith(line))
      for (const way of WAYS) {
        expect(await leaveHttp2Upload(way, router, app, 10_000)).toEqual([UPLOAD_ABORTED])
      }
    },
  )
})

describe('HTTP/2 to the application', () => {
  const standBehind = createStand('node', 'h2c')
  rollingRow('node', 'haproxy-h2c')

  it('A1 hears of clients that leave', async () => {
    const { app, router } = await standBehind(ROADS['haproxy-h2c'].startRouter)
    const settled = await leave(router, app, 10_000)
    // A body that has come and was not read is one that comes, over HTTP/2.
    expect(settled).toEqual([ABORTED, ABORTED, UPLOAD_ABORTED, UPLOAD_ABORTED])
    const uploads = await leaveUpload(router, app, 10_000)
    expect(uploads).toEqual([UPLOAD_ABORTED, UPLOAD_ABORTED])
  })
})
