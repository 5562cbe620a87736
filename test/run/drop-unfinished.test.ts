import { describe, expect, it } from 'vitest';
import { duckdb, type Pipeline, pipeline, restSource, type RunOptions, type Source } from 'sluice';
import type { WriteDisposition } from 'sluice/operators';
import { databasePath } from '../destination/duckdb/tools.js';
import { deferred } from '../support/deferred.js';
import { serve } from '../support/local-server.js';

/**
 * A source of two pages of two rows: its second page fails once, when the first one is committed.
 */
async function failing(
  name: string,
  writeDisposition: WriteDisposition = 'append',
): Promise<{ source: Source; fail: () => void }> {
  const committed = deferred();
  const { url } = await serve(async ({ query }, count) => {
    const page = Number(query.get('page'));
    if (count === 2) {
      await committed.promise;
      return { status: 500 };
    }
    return { json: { data: [{ id: page * 2 }, { id: page * 2 + 1 }] } };
  });
  const source = restSource({
    name,
    client: { baseUrl: url, retry: { attempts: 1 } },
    resources: [
      {
        name: `${name}_orders`,
        writeDisposition,
        primaryKey: 'id',
        endpoint: {
          path: 'orders',
          dataSelector: 'data',
          paginator: { type: 'pageNumber', basePage: 0, maximumPage: 2 },
        },
      },
    ],
  });
  return { source, fail: () => committed.resolve() };
}

function open(path: string, name = 'shop'): Pipeline {
  return pipeline({
    name,
    dataset: 'data',
    destination: duckdb(path, { thread: false }),
    batch: { rows: 1 },
    commit: { rows: 1 },
  });
}

/** Leaves an unfinished load with two committed rows. */
async function stopped(
  own: Pipeline,
  { source, fail }: Awaited<ReturnType<typeof failing>>,
  options: RunOptions = {},
): Promise<void> {
  const run = own.run(source, {
    ...options,
    observe: (event) => event.kind === 'commit' && fail(),
  });
  await expect(run).rejects.toThrow('500');
}

async function notices(
  act: (observe: Required<RunOptions>['observe']) => Promise<unknown>,
): Promise<string[]> {
  const heard: string[] = [];
  await act((event) => event.kind === 'notice' && heard.push(event.message));
  return heard;
}

const UNFINISHED = `SELECT table_name AS name FROM duckdb_tables() WHERE table_name LIKE '\\_sluice\\_new%' ESCAPE '\\' OR table_name LIKE '%orders'`;

describe('drop() over an unfinished load', () => {
  it.each(['append', 'replace', 'merge'] as const)(
    'gives up a first load (%s) and says so, and the next run begins anew',
    async (disposition) => {
      await using own = open(databasePath());
      const served = await failing('shop', disposition);
      await stopped(own, served);
      const loadId = (await own.sync()).unfinished?.[0]?.loadId ?? '';
      const heard = await notices((observe) => own.drop(undefined, { observe }));
      expect(heard).toEqual([
        `Load ${loadId} of source shop was stopped, and is given up: the 2 rows that it had committed are deleted. The next run of the source begins anew.`,
      ]);
      expect(await own.dataset().query(UNFINISHED)).toEqual([]);
      expect((await own.sync()).unfinished ?? []).toEqual([]);
      const info = await own.run(served.source);
      expect([info.resumed, info.tables]).toEqual([undefined, { shop_orders: 4 }]);
    },
  );

  it('knows its resources, and drops one of them', async () => {
    await using own = open(databasePath());
    await stopped(own, await failing('shop'));
    await expect(own.drop('nothing')).rejects.toThrow('Resources: shop_orders.');
    expect(await own.drop('shop_orders')).toEqual(['shop_orders']);
  });

  it('leaves complete loads, and those of other sources and pipelines, where it drops no resource', async () => {
    const path = databasePath();
    await using own = open(path);
    await using other = open(path, 'other');
    const served = await failing('shop', 'merge');
    served.fail();
    await own.run([{ id: 1 }], { table: 'kept' });
    await stopped(other, await failing('second', 'merge'));
    await stopped(own, served);
    const heard = await notices((observe) => own.drop([], { observe }));
    expect(heard).toEqual([expect.stringContaining('of source shop was stopped, and is given up')]);
    expect(await own.dataset().tables()).toEqual(['kept']);
    const { unfinished = [] } = await other.sync();
    expect(unfinished.map(({ source, rows }) => [source, rows])).toEqual([
      ['second', { second_orders: 2 }],
    ]);
  });
});

describe('an unfinished load that nobody goes on with', () => {
  it('is told of by every run into its dataset, until it is dropped', async () => {
    const path = databasePath();
    await using own = open(path);
    await using other = open(path, 'other');
    await stopped(other, await failing('second', 'merge'), { resume: false });
    const loadId = (await other.sync()).unfinished?.[0]?.loadId ?? '';
    const run = (): Promise<string[]> =>
      notices((observe) => own.run([{ id: 1 }], { table: 'kept', observe }));
    expect(await run()).toEqual([
      expect.stringMatching(
        new RegExp(
          `^Dataset data holds what unfinished loads have left that no run resumes any more: ${loadId} of pipeline other \\(last commit \\S+Z\\)\\. Their rows stay until the pipeline runs again, or until \`pipeline\\(\\{ name: 'other', … \\}\\)\\.drop\\(\\[\\]\\)\` deletes them\\.$`,
        ),
      ),
    ]);
    await other.drop([]);
    expect(await run()).toEqual([]);
  });

  it('is deleted by a run of rows, which says so', async () => {
    await using own = open(databasePath());
    await stopped(own, await failing('shop'), { resume: false });
    expect(await notices((observe) => own.run([{ id: 1 }], { table: 'kept', observe }))).toEqual([
      expect.stringMatching(/^Load \S+ of source shop was stopped, and is given up: the 2 rows/),
    ]);
  });
});
