import { defineConfig } from 'vitest/config'

// Runs against `.pack/*.tgz`, so `npm run pack` comes first.
export default defineConfig({
  test: {
    include: ['test/packages/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 180_000,
    retry: 0,
  },
})
