import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: { 'crosskernel/strategy': new URL('./strategies/plugin/define.ts', import.meta.url).pathname } },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: ['test/support/build-dist.ts'],
  },
})
