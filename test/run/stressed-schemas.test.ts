import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { duckdb, pipeline, type PipelineConfig, restSource, type RestResource } from 'sluice';
import { DuckDBConnection, DuckDBInstance } from 'sluice/duckdb';

type Row = Record<string, unknown>;

/** Loads pages of JSON text run by run; gives a reader of what is there. */
async function loaded(
  runs: readonly (readonly string[])[],
  about: Partial<RestResource> = {},
  config: Partial<PipelineConfig> = {},
): Promise<(sql: string) => Promise<Row[]>> {
  const own = pipeline({
    name: 'p',
    dataset: 'd',
    destination: duckdb(':memory:', { thread: false }),
    ...config,
  });
  for (const pages of runs)
    await own.run(
      restSource({
        name: 's',
        client: {
          baseUrl: 'http://api.test/',
          fetch: async (url) => {
            const page = Number(new URL(url).searchParams.get('after') ?? 0);
            const next = page + 1 < pages.length ? page + 1 : null;
            return new Response(`{"data":${pages[page]},"next":${next}}`);
          },
        },
        resources: [
          {
            name: 'things',
            endpoint: {
              path: 'things',
              dataSelector: 'data',
              paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' },
            },
            ...about,
          },
        ],
      }),
    );
  return (sql) => own.dataset().query(sql);
}

const typesOf = (query: (sql: string) => Promise<Row[]>, table: string): Promise<Row[]> =>
  query(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = '${table}' AND column_name NOT LIKE '\\_dlt\\_%' ESCAPE '\\' ORDER BY ordinal_position`,
  );

describe('a column', () => {
  it.each([
    [
      'whose key came twice, first with another text',
      '[{"n":1,"seen":"","seen":"1969-12-31T23:59:59Z"}]',
    ],
    [
      'whose key came twice, first as text that is no time',
      '[{"n":1,"seen":"x","seen":"1969-12-31 23:59:59"}]',
    ],
  ])('is of timestamps by the value that stays: one %s', async (_, rows) => {
    const query = await loaded([[rows]]);
    expect(await typesOf(query, 'things')).toEqual([
      { name: 'n', type: 'BIGINT' },
      { name: 'seen', type: 'TIMESTAMP WITH TIME ZONE' },
    ]);
    expect(await query('SELECT epoch(seen) AS seen FROM things')).toEqual([{ seen: -1 }]);
  });

  it('that was renamed and holds JSON is not made a second time by a later run', async () => {
    const rows = ['[{"id":1,"list":[{"_sluice_row":[]}]}]'];
    const query = await loaded([rows, rows, rows], {
      writeDisposition: 'replace',
      primaryKey: 'id',
      maxTableNesting: 1,
    });
    expect(await typesOf(query, 'things__list')).toEqual([
      { name: '_sluice_row__4uymiq', type: 'JSON' },
    ]);
  });
});

describe('a key whose column has a name like one of sluice’s own', () => {
  it('keeps its integers where a fraction comes in a later run', async () => {
    const query = await loaded([['[{"_dltN":9007199254740993}]'], ['[{"_dltN":0.5}]']]);
    expect(
      await query('SELECT _dlt_n::VARCHAR AS n, _dlt_n__v_double AS fraction FROM things'),
    ).toEqual([
      { n: '9007199254740993', fraction: null },
      { n: null, fraction: 0.5 },
    ]);
  });
});

describe('a key named like the column that numbers staged rows', () => {
  it.each(['append', 'replace', 'merge'] as const)('keeps its values: %s', async (disposition) => {
    const rows = ['[{"id":7,"_sluice_row":"x","list":[{"_sluice_row":"y"}]}]'];
    const query = await loaded([rows, rows], { writeDisposition: disposition, primaryKey: 'id' });
    const all = disposition === 'append' ? [1, 2] : [1];
    const of = (table: string): Promise<Row[]> =>
      query(`SELECT _sluice_row__4uymiq AS value FROM ${table}`);
    expect(await of('things')).toEqual(all.map(() => ({ value: 'x' })));
    expect(await of('things__list')).toEqual(all.map(() => ({ value: 'y' })));
  });
});

describe('a column whose name begins as those of sluice’s own tables', () => {
  it.each(['append', 'replace', 'merge'] as const)(
    'keeps its type where the load is resumed: %s',
    async (writeDisposition) => {
      const stopping = new AbortController();
      const own = pipeline({
        name: 'p',
        dataset: 'd',
        destination: duckdb(':memory:', { thread: false }),
        batch: { rows: 1 },
        commit: { rows: 1 },
      });
      onTestFinished(() => own.close());
      const source = restSource({
        name: 's',
        client: {
          baseUrl: 'http://api.test/',
          fetch: async (url) =>
            new Response(
              new URL(url).searchParams.has('after')
                ? '{"data":[{"id":2,"_sluice_x":""}],"next":null}'
                : '{"data":[{"id":1,"_sluice_x":false}],"next":1}',
            ),
        },
        resources: [
          {
            name: 'things',
            primaryKey: 'id',
            writeDisposition,
            endpoint: {
              path: 'things',
              dataSelector: 'data',
              paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' },
            },
          },
        ],
      });
      const first = own.run(source, {
        signal: stopping.signal,
        observe: ({ kind }) => {
          if (kind === 'commit') stopping.abort();
        },
      });
      await expect(first).rejects.toMatchObject({ name: 'AbortError' });
      expect((await own.run(source)).resumed?.tables).toEqual({ things: 1 });
      expect(
        await own
          .dataset()
          .query('SELECT id, _sluice_x AS x, _sluice_x__v_text AS text FROM things ORDER BY id'),
      ).toEqual([
        { id: 1, x: false, text: null },
        { id: 2, x: null, text: '' },
      ]);
    },
  );
});

describe('many new columns at once', () => {
  const wide = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`c${i}`, i]));
  const first = '[{"id":1,"n":1,"list":[{"a":"x"}]}]';
  const pages = [first, JSON.stringify([{ id: 2, n: 1.5, ...wide }])];

  /** Counts the statements that add one column. */
  function additions(): () => number {
    const run = vi.spyOn(DuckDBConnection.prototype, 'run');
    onTestFinished(() => run.mockRestore());
    return () =>
      run.mock.calls.map(([sql]) => sql.split('ADD COLUMN').length - 1).reduce((a, b) => a + b);
  }

  it.each([
    ['of a table that is new', [pages], {}],
    ['of a table that is there', [[first], pages.slice(1)], {}],
    [
      'of a table that is merged',
      [[first], pages.slice(1)],
      { writeDisposition: 'merge', primaryKey: 'id' },
    ],
    [
      'of a table that is replaced',
      [[first], pages],
      { writeDisposition: 'replace', primaryKey: 'id' },
    ],
  ] as const)('%s are added together, and no row is lost', async (_, runs, about) => {
    const added = additions();
    const query = await loaded(runs, about, { batch: { rows: 1 } });
    expect(added()).toBe(0);
    const rows = await query(
      'SELECT id, n, c0, c399, _dlt_id IS NOT NULL AS has_id FROM things ORDER BY id',
    );
    expect(rows).toEqual([
      { id: 1, n: 1, c0: null, c399: null, has_id: true },
      { id: 2, n: 1.5, c0: 0, c399: 399, has_id: true },
    ]);
    expect(
      await query('SELECT a, id FROM things__list l JOIN things t ON t._dlt_id = l._dlt_parent_id'),
    ).toEqual([{ a: 'x', id: 1 }]);
    expect(
      await query(
        "SELECT count(*)::INT AS count FROM duckdb_columns() WHERE table_name = 'things' AND NOT is_nullable AND column_name LIKE '_dlt%'",
      ),
    ).toEqual([{ count: 2 }]);
    expect(
      await query("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '%wider%'"),
    ).toEqual([]);
  });

  it('leave a table its index', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    onTestFinished(() => instance.closeSync());
    const connection = await instance.connect();
    onTestFinished(() => connection.closeSync());
    const destination = duckdb(instance);
    await loaded([[first]], {}, { destination });
    await connection.run('CREATE INDEX by_id ON d.things (id)');
    const added = additions();
    const query = await loaded(
      [['[{"id":2}]', JSON.stringify([{ id: 3, ...wide }])]],
      {},
      { destination },
    );
    expect(added()).toBe(400);
    expect(await query('SELECT index_name FROM duckdb_indexes()')).toEqual([
      { index_name: 'by_id' },
    ]);
    expect(await query('SELECT count(*)::INT AS rows, sum(c1)::INT AS sum FROM things')).toEqual([
      { rows: 3, sum: 1 },
    ]);
  });
});
