import { createServer } from 'node:http'
import { createHangup } from '@hangup/core'
import { expect, it, vi } from 'vitest'

/** No test sends it. */
const SIGNAL = 'SIGUSR2'

it('D12 leaves no listener behind where two copies of core, ESM and CommonJS, have shared one', async () => {
  vi.resetModules()
  const another = await import('@hangup/core')
  expect(another.createHangup).not.toBe(createHangup)
  const before = process.listenerCount(SIGNAL)
  const handles = [createHangup, another.createHangup].map((create) => {
    const hang = create({ signals: [SIGNAL] })
    hang.attach(createServer())
    return hang
  })
  expect(process.listenerCount(SIGNAL)).toBe(before + 1)
  for (const hang of handles) await hang.drain()
  expect(process.listenerCount(SIGNAL)).toBe(before)
})
