import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // Vitest leaves one core free, which on two is half of them.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // A proxy of the developer's must not come between a test and its server.
    env: Object.fromEntries(
      ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [
        [name, ''],
        [name.toUpperCase(), ''],
      ]),
    ),
    clearMocks: true,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
