import { defineConfig } from 'vitest/config'

const shared = {
  testTimeout: 30_000,
  hookTimeout: 60_000,
  pool: 'forks' as const,
}

/** Tests that start kernels, which pin themselves to cores and spin there: one file at a time, after all the others. */
const WITH_PROCESSES = ['test/e2e/**', 'test/docs/**', 'test/litmus/**', 'test/garbage/**']

export default defineConfig({
  resolve: { alias: { 'crosskernel/strategy': new URL('./strategies/plugin/define.ts', import.meta.url).pathname } },
  test: {
    maxConcurrency: 2,
    globalSetup: ['test/support/build-dist.ts', 'test/support/temp-root.ts'],
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: WITH_PROCESSES,
          maxWorkers: 2,
          // The parts keep nothing between calls: a third of their time would go into loading the same files again.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'kernels',
          include: WITH_PROCESSES.map((folder) => `${folder}/*.test.ts`),
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
