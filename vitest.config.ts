import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: ['test/workbench/**', 'test/fixtures/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two workers fit the smallest machine that runs this; the workbench tests run on their own, afterwards.
    maxWorkers: 2,
  },
});
