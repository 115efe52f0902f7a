import { expect, it } from 'vitest'
import { checkServer, nodeServer } from './command.ts'

it('hangup-check does not pass where every scenario was skipped', async () => {
  const { code, result, stdout } = await checkServer({
    server: nodeServer('koa', 'with'),
    options: ['--only', 'sigterm-http2'],
  })
  expect(stdout).toContain('The service does not speak HTTP/2')
  expect(result).toMatchObject({ passed: false, scenarios: [{ verdict: 'skipped' }] })
  expect(code).toBe(1)
}, 60_000)
