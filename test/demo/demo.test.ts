import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const run = fileURLToPath(new URL('./run.ts', import.meta.url))

it('shows a framework without us and with us, and that the promises were kept', async () => {
  const demo = spawn(process.execPath, ['--import', 'tsx', run, 'express'])
  const [output, errors, [code]] = await Promise.all([
    text(demo.stdout),
    text(demo.stderr),
    once(demo, 'close'),
  ])
  expect(errors).toBe('')
  const without = /^express +without +(\d+) of 60/m.exec(output)
  expect(Number(without?.[1]), output).toBeGreaterThan(0)
  // Locks, signals, false aborts, error lines, requests lost, exit code.
  expect(output).toMatch(/^ +with us +0 of 60 +60 of 60 +0 of [\d,]+ +0 +0 of [\d,]+ +0$/m)
  const seen = /^ +without us: failed, [1-9]\d* of \d+ without a proper answer +(file:.+)$/m.exec(
    output,
  )
  expect(output).toMatch(/^ +with +us: passed, 0 of \d+ without a proper answer +file:.+$/m)
  const report = fileURLToPath(seen?.[1] ?? '')
  expect(await readFile(report, 'utf8')).toContain('SIGTERM with a full accept queue')
  await rm(dirname(report), { recursive: true })
  expect(output).toContain('docs/examples/express.ts')
  expect(code).toBe(0)
}, 90_000)
