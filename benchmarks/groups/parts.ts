import type { Group } from '../harness/comparison.js';
import { innerCase } from '../harness/programs.js';

export const parts: Group = {
  name: 'parts',
  title: 'Parts',
  comparisons: [
    {
      key: 'kernel',
      title: 'Bytes → columns, 200,000 nested rows',
      note: 'The bytes of all pages to columns with ids, against `TextDecoder` and `JSON.parse` and nothing after them. Cold: compiling the kernel and learning the rows’ shape are part of it.',
      size: 200_000,
      smokeSize: 1_000,
      rounds: 5,
      ways: [
        { key: 'sluice', title: 'sluice: locate + kernel', command: innerCase('kernel') },
        {
          key: 'json-parse',
          title: 'TextDecoder + JSON.parse alone',
          command: innerCase('json-parse'),
        },
      ],
      goals: [
        { text: 'Time beside it', field: 'ms', against: ['json-parse'], by: 'ratio', atMost: 0.4 },
      ],
    },
    {
      key: 'append',
      title: 'Columns → appender, 100,000 rows',
      note: 'The root table’s columns (timestamps left out: the per-value appender wants them in another form) into DuckDB’s appender. Each appends ten chunks of 2,048 rows before the measurement; closing and committing are DuckDB’s own and in neither.',
      size: 100_000,
      smokeSize: 21_000,
      rounds: 5,
      ways: [
        { key: 'sluice', title: 'sluice: block copies', command: innerCase('append:appendBlocks') },
        {
          key: 'values',
          title: 'per-value appender of @duckdb/node-api',
          command: innerCase('append:appendValues'),
        },
      ],
      goals: [
        { text: 'Time beside it', field: 'ms', against: ['values'], by: 'ratio', atMost: 0.125 },
      ],
    },
    {
      key: 'throttle',
      title: 'A rate limit of 3,000 requests a minute, burst 20, for ten seconds',
      note: 'Two lists read page by page; responses take 5–20 ms. How much of the quota (the burst and what is refilled) is used, and how many requests the server refuses.',
      size: 10_000,
      smokeSize: 300,
      rounds: 1,
      ways: [
        { key: 'sluice', title: 'restSource, real server', command: innerCase('throttle-server') },
      ],
      goals: [
        { text: 'Quota used', field: 'usedPercent', atLeast: 98 },
        { text: 'Responses with status 429', field: 'refused', atMost: 0 },
      ],
    },
    {
      key: 'throttle-simulated',
      title:
        'A rate limit of 300 requests a minute, burst 20, for ten minutes of a simulated clock',
      note: 'The throttle’s budget alone; responses take 50–200 ms, and the server counts each request anywhere between its start and its response.',
      size: 10,
      smokeSize: 1,
      rounds: 1,
      ways: [{ key: 'sluice', title: 'budget', command: innerCase('throttle-simulated') }],
      goals: [
        { text: 'Quota used', field: 'usedPercent', atLeast: 98 },
        { text: 'Responses with status 429', field: 'refused', atMost: 0 },
      ],
    },
  ],
};
