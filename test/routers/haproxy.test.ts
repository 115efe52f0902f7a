import { describe, expect, it } from 'vitest'
import { FRAMEWORKS } from './app-process.ts'
import { ABORTED, FLUSHED, UPLOAD_ABORTED } from './fate.ts'
import { startHaproxy } from './haproxy.ts'
import { leave, leaveUpload } from './leaving.ts'
import { createStand, rollingRow } from './rows.ts'

describe.each(FRAMEWORKS)('%s behind HAProxy', (framework) => {
  const standBehind = createStand(framework)
  rollingRow(framework, 'haproxy')

  it('A1 hears of clients that leave, by option abortonclose', async () => {
    const { app, router } = await standBehind(startHaproxy)
    const settled = await leave(router, app, 10_000)
    expect(settled).toEqual(Array(4).fill(ABORTED))
    const entries = (await router.end()).filter(({ path }) => path === '/wait')
    expect(entries.map(({ method, how }) => [method, how.slice(0, 2)])).toEqual([
      ['GET', 'CH'],
      ['GET', 'CD'],
      ['POST', 'CH'],
      ['POST', 'CD'],
    ])
  })

  it('A1 hears of nobody who leaves without option abortonclose', async () => {
    const { app, router } = await standBehind((ports) =>
      startHaproxy(ports, { line: 'no option abortonclose' }),
    )
    expect(await leave(router, app, 300)).toEqual(Array(4).fill(FLUSHED))
  })

  it.each(['option abortonclose', 'no option abortonclose'])(
    'A1 hears of uploads that end half-way, with %s',
    async (line) => {
      const { app, router } = await standBehind((ports) => startHaproxy(ports, { line }))
      const settled = await leaveUpload(router, app, 10_000)
      expect(settled).toEqual(Array(2).fill(UPLOAD_ABORTED))
    },
  )
})
