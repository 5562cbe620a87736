import { describe, expect, it } from 'vitest';
import { completenessTally } from '#src/run/completeness.js';
import { restSource } from 'sluice';
import { serve } from '../../support/local-server.js';
import { readSource } from '../../support/read-pages.js';

describe('rows of the responses of another resource', () => {
  it.each([
    ['incomplete', true],
    ['complete', false],
  ])('are %s where has_more of a list within a row is %s', async (verdict, hasMore) => {
    const lines = { data: [{ sku: 'a' }], has_more: hasMore };
    const server = await serve(() => ({ json: { data: [{ id: 1, lines }] } }));
    const { rows, events } = await readSource(
      restSource({
        client: { baseUrl: server.url },
        resources: [
          { name: 'orders', endpoint: { path: 'orders', dataSelector: 'data' } },
          {
            name: 'lines',
            endpoint: { responseOf: 'orders', dataSelector: 'data[*].lines.data' },
          },
        ],
      }),
    );
    const tally = completenessTally('lines');
    for (const event of events) tally.add(event);
    expect(rows['lines']).toEqual([{ sku: 'a' }]);
    expect(tally.result().verdict).toBe(verdict);
  });
});
