import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { findProgram } from '../routers/programs.ts'
import { checkServer } from './command.ts'

const service = fileURLToPath(new URL('servers/service.py', import.meta.url))

it('hangup-check shows what the standard server of Python loses', async () => {
  const { code, stdout, result, scenario } = await checkServer({
    server: [findProgram('python3'), service],
    options: ['--only', 'leave-waiting,cut-uploads,sigterm-in-flight,sigterm-idle,sigterm-http2'],
  })
  expect(code, stdout).toBe(1)
  // It logs each request there.
  expect(result.thresholds.stderrLines).toBe(null)
  expect(scenario('leave-waiting').verdict).toBe('passed')
  expect(scenario('cut-uploads').reasons[0]).toMatch(/^8 of 8 uploads .* as if they were whole/)
  const inFlight = scenario('sigterm-in-flight')
  expect(inFlight.verdict).toBe('failed')
  expect(inFlight.counts.lost).toBeGreaterThan(0)
  expect(inFlight.exit).toMatchObject({ code: null, signal: 'SIGTERM' })
  expect(inFlight.advice).toMatch(/^Handle SIGTERM/)
  expect(scenario('sigterm-http2').verdict).toBe('skipped')
}, 60_000)
