import { describe, expect, it } from 'vitest';
import {
  duckdb,
  fromDlt,
  type LoadInfo,
  type Pipeline,
  pipeline,
  restSource,
  type RowsConfig,
  type RunEvent,
  type RunOptions,
  type SchemaContract,
} from 'sluice';
import { serve } from '../support/local-server.js';
import { tempFolder } from '../support/temp-folder.js';

const folder = tempFolder();

interface Contracts {
  source?: SchemaContract;
  resource?: SchemaContract;
}

/** A pipeline whose table `things` has a column `id`. */
async function begun(name = ':memory:'): Promise<Pipeline> {
  const own = pipeline({
    name: 'shop',
    destination: duckdb(name),
    batch: { rows: 1 },
    commit: { rows: 1 },
  });
  await own.run([{ id: 1 }], { table: 'things' });
  return own;
}

/** Loads rows of a served list. */
async function load(
  own: Pipeline,
  rows: readonly object[],
  { source, resource }: Contracts,
  options: RunOptions = {},
): Promise<LoadInfo> {
  const { url: baseUrl } = await serve(() => ({ json: rows }));
  return own.run(
    restSource({
      client: { baseUrl },
      ...(source && { schemaContract: source }),
      resources: [
        {
          name: 'things',
          ...(resource && { schemaContract: resource }),
          endpoint: { paginator: 'single' },
        },
      ],
    }),
    options,
  );
}

describe('the schema contract of a run', () => {
  it('does not take a variant of an earlier run for a column that hints declare', async () => {
    const name = folder.path('variants.duckdb');
    const config: RowsConfig = { table: 'things', maxTableNesting: 0 };
    const schemaContract: SchemaContract = 'freeze';
    for (const run of [
      (own: Pipeline) =>
        own.run(
          [
            { id: 1, of: true },
            { id: 2, of: ['a'] },
          ],
          config,
        ),
      (own: Pipeline) => own.run([{ id: 3, of: false }], { ...config, schemaContract }),
    ]) {
      await using own = pipeline({ name: 'shop', destination: duckdb(name) });
      await run(own);
    }
    await using own = pipeline({ name: 'shop', destination: duckdb(name) });
    expect(
      await own.dataset().query('SELECT id, "of", of__v_json FROM things ORDER BY id'),
    ).toEqual([
      { id: 1, of: true, of__v_json: null },
      { id: 2, of: null, of__v_json: '["a"]' },
      { id: 3, of: false, of__v_json: null },
    ]);
  });

  it('counts before that of a resource, and that before the contract of the source', async () => {
    const cases: [Contracts, SchemaContract | undefined, string[]][] = [
      [{ source: 'freeze', resource: 'evolve' }, undefined, ['id', 'x']],
      [{ source: { columns: 'discard_value' } }, undefined, ['id']],
      [{ source: 'freeze', resource: 'freeze' }, 'evolve', ['id', 'x']],
      [{ source: 'evolve' }, { columns: 'discard_value' }, ['id']],
    ];
    for (const [contracts, schemaContract, columns] of cases) {
      await using own = await begun();
      await load(own, [{ id: 2, x: 1 }], contracts, schemaContract && { schemaContract });
      const { things } = await own.dataset().schema();
      expect(
        things?.columns.map(({ name }) => name).filter((name) => !name.startsWith('_')),
      ).toEqual(columns);
    }
  });

  it('rolls a load back that violates it', async () => {
    await using own = await begun();
    await expect(
      load(own, [{ id: 2 }, { id: 3, x: 1 }], {}, { schemaContract: { columns: 'freeze' } }),
    ).rejects.toThrow(/^Resource things, page 1: column things\.x is new.*Row 2 of the page has 1/);
    expect(await own.dataset().table('things').count()).toBe(1);
  });

  it('reports what it left out: counts by table, a notice for each reason, the load info', async () => {
    await using own = await begun();
    const events: RunEvent[] = [];
    const info = await load(
      own,
      [{ id: 2, x: 1, l: [1, 2] }, { id: 3, x: 2 }, { id: 4 }, { id: 'a' }],
      { resource: { columns: 'discard_row', dataType: 'discard_value' } },
      { observe: (event) => void events.push(event) },
    );
    expect(info.discarded).toEqual({
      things: { rows: 2, values: 1 },
      things__l: { rows: 2, values: 0 },
    });
    expect(info.resources[0]?.discarded).toEqual({ rows: 4, values: 1 });
    expect(String(info)).toContain(
      'Resource things: its schema contract discarded 4 rows and 1 value',
    );
    expect(events.filter(({ kind }) => kind === 'discard')).toHaveLength(3);
    expect(events.flatMap((event) => (event.kind === 'notice' ? [event.message] : []))).toEqual([
      expect.stringMatching(/column things\.x is new/),
      expect.stringMatching(/value does not fit column things\.id/),
    ]);
  });

  it('says nothing of discarded rows where there are none', async () => {
    await using own = await begun();
    const info = await load(own, [{ id: 2 }], {}, { schemaContract: 'discard_row' });
    expect(Object.keys(info)).not.toContain('discarded');
    expect(Object.keys(info.resources[0] ?? {})).not.toContain('discarded');
  });

  it('keeps discarded rows in a quarantine table with their load', async () => {
    await using own = await begun();
    const info = await load(
      own,
      [{ id: 2, x: 1, l: [{ a: 1 }] }],
      {},
      { schemaContract: { columns: 'discard_row' }, quarantine: 'refused things' },
    );
    expect(
      await own
        .dataset()
        .query('SELECT resource, table_name, column_name, data, _dlt_load_id FROM refused_things'),
    ).toEqual([
      {
        resource: 'things',
        table_name: 'things',
        column_name: 'x',
        data: '{"id":2,"x":1,"l":[{"a":1}]}',
        _dlt_load_id: info.loadId,
      },
    ]);
  });

  describe('of a load that did not finish', () => {
    const options = {
      table: 'things',
      schemaContract: { columns: 'discard_row' },
      quarantine: true,
    } as const;
    const kept = (own: Pipeline): Promise<object[]> =>
      own.dataset().query('SELECT data FROM _sluice_quarantine');

    /** Loads rows, one of a few thousand discarded, until there is something in quarantine. */
    async function stopped(own: Pipeline, given: Partial<RowsConfig> = {}): Promise<void> {
      const rows = async function* (): AsyncGenerator<object> {
        for (let id = 2; ; id += 1) {
          // Pages of a few thousand rows: each is committed.
          for (let row = 0; row < 5_000; row += 1) yield { id, ...(row === 0 && { x: id }) };
          if ((await kept(own).catch(() => [])).length > 0) throw new Error('stopped');
        }
      };
      await expect(own.run(rows(), { ...options, ...given })).rejects.toThrow(/stopped/);
      expect((await kept(own)).length).toBeGreaterThan(0);
    }

    it('is removed with its rows', async () => {
      await using own = await begun(folder.path('unfinished.duckdb'));
      await stopped(own);
      await own.run([{ id: 3, x: 1 }], options);
      expect(await kept(own)).toEqual([{ data: '{"id":3,"x":1}' }]);
    });

    it.each(['upsert', 'insert-only'] as const)(
      'leaves alone rows of earlier loads that have the same key: %s',
      async (strategy) => {
        await using own = pipeline({
          name: 'shop',
          destination: duckdb(folder.path(`${strategy}.duckdb`)),
          batch: { rows: 1 },
          commit: { rows: 1 },
        });
        const merged = {
          primaryKey: 'id',
          writeDisposition: { disposition: 'merge', strategy },
        } as const;
        await own.run([{ id: 2, list: [1] }, { id: 3 }], { table: 'things', ...merged });
        await stopped(own, merged);
        await own.run([{ id: 4 }], { ...options, ...merged });
        expect(await own.dataset().query('SELECT id FROM things ORDER BY id')).toEqual([
          { id: 2 },
          { id: 3 },
          { id: 4 },
        ]);
        expect(await own.dataset().query('SELECT value FROM things__list')).toEqual([{ value: 1 }]);
      },
    );
  });

  it('is kept for later runs, until they are given another', async () => {
    await using own = await begun();
    await load(own, [{ id: 2, x: 1 }], {}, { schemaContract: { columns: 'discard_value' } });
    const info = await load(own, [{ id: 3, x: 1 }], {});
    expect(info.discarded).toEqual({ things: { rows: 0, values: 1 } });
    expect(await load(own, [{ id: 4, x: 1 }], { resource: 'evolve' })).not.toHaveProperty(
      'discarded',
    );
  });

  it('leaves the quarantine table out of dlt’s schema document', async () => {
    await using own = await begun();
    const options = { schemaContract: { columns: 'discard_row' }, quarantine: true } as const;
    await load(own, [{ id: 2, x: 1 }], {}, options);
    const [row] = await own
      .dataset()
      .query<{ schema: string }>('SELECT schema FROM _dlt_version ORDER BY version DESC LIMIT 1');
    expect(row?.schema).toContain('"things"');
    expect(row?.schema).not.toContain('_sluice_');
  });

  it('refuses a quarantine table that a resource fills, and a mode that does not exist', async () => {
    await using own = await begun();
    await expect(own.run([{ id: 2 }], { table: 'things', quarantine: 'Things' })).rejects.toThrow(
      /`quarantine` of run\(\) names table things, which resource things fills/,
    );
    const wrong = { table: 'things', schemaContract: 'discard_rows' as 'discard_row' };
    await expect(own.run([{ id: 2 }], wrong)).rejects.toThrow(
      /`schemaContract`: .*one of evolve, freeze, discard_row/,
    );
  });

  it('refuses a quarantine table that other loads filled, and takes one again', async () => {
    await using own = await begun();
    await own.run([{ id: 1 }], { table: 'others' });
    const schemaContract = { columns: 'discard_row' } as const;
    const quarantined = (quarantine: string): Promise<LoadInfo> =>
      own.run([{ id: 2, x: 1 }], { table: 'things', schemaContract, quarantine });
    await expect(quarantined('others')).rejects.toThrow(
      /`quarantine` of run\(\) names table others, which earlier loads filled/,
    );
    expect(
      await own.dataset().query('SELECT * EXCLUDE (_dlt_load_id, _dlt_id) FROM others'),
    ).toEqual([{ id: 1 }]);
    await quarantined('refused');
    await quarantined('refused');
    expect(await own.dataset().query('SELECT data FROM refused')).toEqual([
      { data: '{"id":2,"x":1}' },
      { data: '{"id":2,"x":1}' },
    ]);
  });

  it('is read from dlt’s `schema_contract` of resources and sources', async () => {
    await using own = await begun();
    const { url } = await serve(() => ({ json: [{ id: 2, x: 1 }] }));
    const config = (contract?: object): object => ({
      client: { base_url: url },
      resources: [{ name: 'things', endpoint: { paginator: 'single_page' }, ...contract }],
    });
    const frozen = fromDlt(config({ schema_contract: { columns: 'freeze' } }));
    await expect(own.run(frozen)).rejects.toThrow(/columns: freeze/);
    await own.run(fromDlt(config(), { schemaContract: { columns: 'discard_value' } }));
    expect(await own.dataset().table('things').count()).toBe(2);
  });
});
