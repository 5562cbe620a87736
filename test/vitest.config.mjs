import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Tests that change nothing of their process may share one with others: importing the library for
// each of them anew takes longer than many of their tests.
const shared = [
  'dataset',
  'golden',
  'operators',
  'rest',
  'run',
  'sandbox',
  'settings',
  'signals',
  'sources',
  'types',
].map((folder) => `test/${folder}/**/*.test.ts`);
const exclude = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'shared', include: shared, exclude, isolate: false } },
      {
        extends: true,
        test: {
          name: 'isolated',
          include: ['test/**/*.test.ts'],
          exclude: [...exclude, ...shared],
        },
      },
    ],
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
    // On real engines a check loads a million rows.
    testTimeout: process.env.ENGINES === 'all' ? 300_000 : 60_000,
    hookTimeout: 60_000,
  },
});
