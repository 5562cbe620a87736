import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { tableLines } from '#src/cli/run.js';

it('gives every table a line, and every resource that has no rows', () => {
  const resource = {
    requests: 1,
    pages: 1,
    verdict: 'complete',
    reasons: [],
    lists: 1,
    declared: null,
    skipped: 0,
  } as const;
  const lines = tableLines({
    tables: { orders: 1_200, orders__items: 7 },
    resources: [
      { ...resource, name: 'orders', rows: 1_200 },
      { ...resource, name: 'refunds', rows: 0 },
    ],
  });
  expect(stripVTControlCharacters(lines).split('\n')).toEqual([
    '  1,200 orders',
    '      7 orders__items',
    '      0 refunds (no rows)',
  ]);
});
