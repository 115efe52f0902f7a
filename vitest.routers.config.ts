import { defineConfig } from 'vitest/config'

// Needs nginx, HAProxy, curl, nghttp, h2load, systemd and Python: `npm run test:routers`.
export default defineConfig({
  test: {
    include: [
      'test/routers/**/*.test.ts',
      'test/recipes/**/*.test.ts',
      'test/check/python.test.ts',
    ],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 30_000,
    retry: 0,
  },
})
