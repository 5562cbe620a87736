import { describe, expect, it } from 'vitest';
import { stoppedRun } from '#src/run/resumed-run.js';
import { duckdb, pipeline, restSource, type RunOptions, type SourceEvent } from 'sluice';
import { databasePath } from '../destination/duckdb/tools.js';
import { serve } from '../support/local-server.js';

type Wait = Extract<SourceEvent, { kind: 'wait' }>;

describe('a load that was stopped while its API refused requests', () => {
  it('sends none before the time that the API named when it goes on', async () => {
    const server = await serve(({ query }, count) => {
      const page = Number(query.get('page'));
      return count < 3
        ? { json: { data: [{ id: page }], next: page + 1 } }
        : { status: 429, headers: { 'retry-after': '60' } };
    });
    const path = databasePath();
    /** Runs the load with a client of its own until it waits. */
    const untilWait = async (end: 'stop' | 'signal'): Promise<Wait> => {
      const ends = new AbortController();
      const waits: Wait[] = [];
      const options: RunOptions = {
        [end]: ends.signal,
        observe(event) {
          if (event.kind !== 'wait') return;
          waits.push(event);
          ends.abort();
        },
      };
      const paginator = { type: 'cursor', cursorPath: 'next', cursorParam: 'page' } as const;
      const source = restSource({
        name: 'shop',
        client: { baseUrl: server.url },
        resources: [
          { name: 'orders', endpoint: { path: 'orders', dataSelector: 'data', paginator } },
        ],
      });
      const loading = pipeline({ name: 'shop', destination: duckdb(path) });
      await expect(loading.run(source, options)).rejects.toThrow();
      await loading.close();
      return waits[0] as Wait;
    };
    const first = await untilWait('stop');
    const second = await untilWait('signal');
    expect([first.host, second.host]).toEqual([new URL(server.url).host, first.host]);
    expect(second.until).toBe(first.until);
    expect(second.reason).toBe('the API asked for it before the load was stopped');
    expect(server.requests).toHaveLength(3);
  });

  it('waits no longer than the API asked for where the clock was set back since', () => {
    const wait = { until: Date.now() + 86_400_000, ms: 1_000 };
    const { resumed } = stoppedRun({
      loadId: '1',
      lists: [],
      parents: [],
      progress: { orders: { waits: { 'api.example.com': wait } } },
      start: {},
      tables: {},
      newTables: [],
    });
    expect(resumed.waits?.['api.example.com']).toBeLessThanOrEqual(Date.now() + 1_000);
  });
});
