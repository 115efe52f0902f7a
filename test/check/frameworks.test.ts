import { describe, expect, it } from 'vitest'
import { type Checked, checkServer, nodeServer } from './command.ts'

const SECONDS = 1_000
/** Of the others a slow reader is given the small answer that all get. */
const DOWNLOAD = ['--download-path', '/download']

describe.concurrent('hangup-check finds nothing wrong', () => {
  const servers: Record<string, Checked> = {
    'Express with us': { server: nodeServer('express', 'with'), options: DOWNLOAD },
    'Koa with us': { server: nodeServer('koa', 'with') },
    'Fastify with us': { server: nodeServer('fastify', 'with') },
    'https and HTTP/2 with us': {
      server: nodeServer('secure'),
      scheme: 'https',
      options: DOWNLOAD,
    },
  }
  it.each(Object.entries(servers))(
    'with %s',
    async (_, checked) => {
      const { result, stdout, stderr, code } = await checkServer({
        ...checked,
        options: ['--connections', '12'],
      })
      expect(stderr).toBe('')
      expect(code, stdout).toBe(0)
      const seen = result.scenarios.filter(({ verdict }) => verdict !== 'skipped')
      expect(seen.length, stdout).toBe(checked.scheme === 'https' ? 12 : 11)
      for (const { name, counts } of seen) {
        expect(counts.answered, name).toBeGreaterThan(0)
        expect(counts, name).toMatchObject({ lost: 0, truncated: 0, hung: 0, failed: 0 })
      }
    },
    240 * SECONDS,
  )
})

describe.concurrent('hangup-check shows what is lost', () => {
  it.each(['express', 'koa', 'fastify'])(
    'by %s without us',
    async (name) => {
      const { code, stdout, scenario } = await checkServer({
        server: nodeServer(name, 'without'),
        options: ['--only', 'sigterm-queue', '--exit-ms', '3000'],
      })
      expect(code, stdout).toBe(1)
      const { verdict, counts, reasons, advice } = scenario('sigterm-queue')
      expect(verdict).toBe('failed')
      expect(counts.lost).toBeGreaterThan(0)
      expect(reasons[0]).toMatch(/^\d+ of \d+ requests were lost/)
      expect(advice).toContain('Accept what has knocked already')
      expect(stdout).toContain('✗ SIGTERM with a full accept queue')
    },
    240 * SECONDS,
  )

  it(
    'of a big answer that Node is delivering',
    async () => {
      const { scenario } = await checkServer({
        server: nodeServer('express', 'without'),
        options: ['--only', 'sigterm-slow-readers', ...DOWNLOAD],
      })
      expect(scenario('sigterm-slow-readers')).toMatchObject({
        verdict: 'failed',
        counts: { truncated: 4 },
        reasons: [expect.stringMatching(/^4 of \d requests got an answer that broke off/)],
      })
    },
    240 * SECONDS,
  )
})
