import { defineConfig } from 'vitest/config'

// The packages' `exports` point at src, so nothing here has to be built first.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'packages/**/*.test.ts'],
    exclude: [
      '**/node_modules/**',
      '**/dist/**',
      '.pack/**',
      '.matrix/**',
      // What needs more than Node has its own configuration: `npm run test:packed`, `test:routers`, `test:browser`.
      'test/packages/**',
      'test/routers/**',
      'test/recipes/**',
      'test/check/python.test.ts',
      'test/browser/**',
    ],
    // Real sockets, real signals: one process a file.
    pool: 'forks',
    maxWorkers: 4, // Most rows wait for timers: on two cores twice as many workers find time.
    testTimeout: 180_000, // Waits end by themselves, and say what for; this is for a machine that stands still.
    hookTimeout: 180_000,
    retry: 0,
  },
})
