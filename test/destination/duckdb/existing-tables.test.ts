import { describe, expect, it } from 'vitest';
import { duckdb, DuckDBInstance, pipeline, type RunEvent } from 'sluice';

const IDS = '_dlt_load_id VARCHAR NOT NULL, _dlt_id VARCHAR NOT NULL';
const WAYS = ['append', 'replace', 'merge'] as const;

interface Outcome {
  /** What the table has then, but for ids. */
  rows: Record<string, unknown>[];
  notices: string[];
}

/** Loads rows into table `t` of dataset `d` after this SQL, twice in two loads. */
async function loadedInto(
  setup: readonly string[],
  writeDisposition: (typeof WAYS)[number],
  rows: readonly object[] = [
    { id: 1, v: 5 },
    { id: 2, v: null },
    { id: 1, v: 500 },
  ],
): Promise<Outcome> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const sql of ['CREATE SCHEMA d', ...setup]) await connection.run(sql);
  const made = pipeline({ name: 'p', destination: duckdb(instance), dataset: 'd' });
  const notices: string[] = [];
  const observe = (event: RunEvent): void => {
    if (event.kind === 'notice') notices.push(event.message);
  };
  for (let load = 0; load < 2; load += 1)
    await made.run(rows, {
      table: 't',
      writeDisposition,
      ...(writeDisposition !== 'append' && { primaryKey: 'id' }),
      observe,
    });
  const found = await made
    .dataset()
    .query("SELECT COLUMNS(c -> NOT starts_with(c, '_dlt_')) FROM d.t ORDER BY ALL");
  connection.closeSync();
  return { rows: found, notices };
}

describe.each(WAYS)('an existing table, under %s,', (way) => {
  const kept = (rows: object[]): object[] =>
    way === 'append' ? rows.flatMap((row) => [row, row]) : rows.slice(1);

  it('generates its columns from the rows', async () => {
    const { rows } = await loadedInto(
      [`CREATE TABLE d.t (id BIGINT, g BIGINT GENERATED ALWAYS AS (v * 2), v BIGINT, ${IDS})`],
      way,
    );
    expect(rows).toEqual(
      kept([
        { id: 1, g: 10, v: 5 },
        { id: 1, g: 1000, v: 500 },
        { id: 2, g: null, v: null },
      ]),
    );
  });

  it('stores values for a generated column in a variant, with a notice', async () => {
    const { rows, notices } = await loadedInto(
      [`CREATE TABLE d.t (id BIGINT, v BIGINT GENERATED ALWAYS AS (id * 2), ${IDS})`],
      way,
      [{ id: 3, v: 5 }],
    );
    expect(rows[0]).toEqual({ id: 3, v: 6, v__v_bigint: 5 });
    expect(notices.join('\n')).toMatch(/t\.v .* go to v__v_bigint.* The first is 5/);
  });

  it('fills its defaults into rows without a value, also where it is NOT NULL', async () => {
    const { rows } = await loadedInto(
      [
        'CREATE SEQUENCE d.s',
        `CREATE TABLE d.t (id BIGINT, o BIGINT NOT NULL DEFAULT 7, p VARCHAR DEFAULT 'x', q BIGINT DEFAULT nextval('d.s'), ${IDS})`,
      ],
      way,
      [{ id: 1 }, { id: 2, o: 8, p: null }, { id: 3, p: 'y' }],
    );
    expect(rows.slice(-3).map(({ q: _, ...row }) => row)).toEqual(
      way === 'append'
        ? [
            { id: 2, o: 8, p: 'x' },
            { id: 3, o: 7, p: 'y' },
            { id: 3, o: 7, p: 'y' },
          ]
        : [
            { id: 1, o: 7, p: 'x' },
            { id: 2, o: 8, p: 'x' },
            { id: 3, o: 7, p: 'y' },
          ],
    );
    expect(new Set(rows.map(({ q }) => q)).size).toBe(rows.length);
  });

  it('keeps its CHECK, index, keys and defaults', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const made = pipeline({ name: 'p', destination: duckdb(instance), dataset: 'd' });
    for (const sql of [
      'CREATE SCHEMA d',
      'CREATE TABLE d.o (id BIGINT PRIMARY KEY)',
      'INSERT INTO d.o VALUES (1), (2)',
      `CREATE TABLE d.t (id BIGINT UNIQUE REFERENCES d.o(id), v BIGINT CHECK (v < 100), x BIGINT DEFAULT 4, ${IDS})`,
      'CREATE INDEX i ON d.t(v)',
    ])
      await connection.run(sql);
    const definitions = async (): Promise<unknown> =>
      (
        await connection.runAndReadAll(
          "SELECT constraint_type, constraint_text FROM duckdb_constraints() WHERE table_name IN ('t', 'o') UNION ALL SELECT index_name, sql FROM duckdb_indexes() UNION ALL SELECT column_name, column_default FROM duckdb_columns() WHERE column_default IS NOT NULL AND NOT internal ORDER BY ALL",
        )
      ).getRowsJson();
    const before = await definitions();
    const run = (rows: object[]): Promise<unknown> =>
      made.run(rows, { table: 't', writeDisposition: way, primaryKey: 'id' });
    await run([{ id: 1, v: 5 }]);
    await run([{ id: 2, v: 6 }]);
    if (way !== 'append') await run([{ id: 2, v: 7 }]);
    for (const refused of [
      { id: 2, v: 100 },
      { id: 3, v: 1 },
    ])
      await expect(run([refused])).rejects.toMatchObject({
        code: 'ERR_SLUICE_LOAD',
        message: expect.stringMatching(/(CHECK|foreign key|UNIQUE) constraint/i) as string,
      });
    expect(await definitions()).toEqual(before);
    expect(await made.dataset().query('SELECT id, v, x FROM t ORDER BY id')).toEqual([
      ...(way === 'replace' ? [] : [{ id: 1, v: 5, x: 4 }]),
      { id: 2, v: way === 'append' ? 6 : 7, x: 4 },
    ]);
    connection.closeSync();
  });

  it('gains a column although it has a CHECK and rows', async () => {
    const { rows } = await loadedInto(
      [
        `CREATE TABLE d.t (id BIGINT CHECK (id > 0), ${IDS})`,
        "INSERT INTO d.t VALUES (1, 'l', 'r')",
      ],
      way,
      [{ id: 1, came: true }],
    );
    expect(rows).toContainEqual(expect.objectContaining({ id: 1, came: true }));
  });

  it('stores fractions in a variant where an index prevents widening', async () => {
    const { rows, notices } = await loadedInto(
      [`CREATE TABLE d.t (id BIGINT, v BIGINT, ${IDS})`, 'CREATE INDEX i ON d.t(id)'],
      way,
      [{ id: 1, v: 1.5 }],
    );
    expect(rows[0]).toEqual({ id: 1, v: null, v__v_double: 1.5 });
    expect(notices.join('\n')).toMatch(/go to v__v_double/);
  });

  it('keeps the later of two rows with one key, also where a column is called rowid', async () => {
    const { rows } = await loadedInto([], way, [
      { id: 1, rowid: 9, v: 'earlier' },
      { id: 1, rowid: 3, v: 'later' },
    ]);
    expect(rows.map(({ v }) => v)).toEqual(
      way === 'append' ? ['later', 'later', 'earlier', 'earlier'] : ['later'],
    );
  });

  it.each([
    ['a view', 'CREATE VIEW d.t AS SELECT 1 AS id', /d\.t is a view .* another tableName/],
    ['a view of a child’s', 'CREATE VIEW d.t__l AS SELECT 1 AS id', /d\.t__l is a view/],
    ['a table T', `CREATE TABLE d."T" (id BIGINT, ${IDS})`, /Table d\.T .* by case alone/],
    [
      'a table without ids',
      'CREATE TABLE d.t (id BIGINT)',
      /d\.t exists but has no column _dlt_id/,
    ],
    [
      'a table whose ids are no text',
      'CREATE TABLE d.t (id BIGINT, _dlt_load_id VARCHAR, _dlt_id UUID)',
      /Column d\.t\._dlt_id is UUID .* no pipeline made the table/,
    ],
    [
      'a _dlt_loads that another program made',
      'CREATE TABLE d._dlt_loads (id BIGINT)',
      /d\._dlt_loads has no column load_id/,
    ],
    [
      'a view in place of a table of bookkeeping',
      'CREATE VIEW d._sluice_positions AS SELECT 1 AS id',
      /d\._sluice_positions is a view/,
    ],
  ])('is refused where it is %s', async (_, sql, message) => {
    await expect(loadedInto([sql], way, [{ id: 1, l: [1] }])).rejects.toMatchObject({
      code: 'ERR_SLUICE_LOAD',
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('a constraint that rows violate', () => {
  it.each([
    ['CHECK', 'id BIGINT CHECK (id > 5)', 'Filter such rows out with `processingSteps`'],
    ['PRIMARY KEY', 'id BIGINT PRIMARY KEY', "Load with `writeDisposition: 'merge'`"],
    ['UNIQUE', 'id BIGINT UNIQUE', "Load with `writeDisposition: 'merge'`"],
    ['REFERENCES', 'id BIGINT REFERENCES d.o(id)', 'Load the rows of the referenced table first'],
  ])('is reported with what to do: %s', async (_, column, advice) => {
    const setup = [
      'CREATE TABLE d.o (id BIGINT PRIMARY KEY)',
      `CREATE TABLE d.t (${column}, ${IDS})`,
    ];
    await expect(loadedInto(setup, 'append', [{ id: 1 }, { id: 1 }])).rejects.toMatchObject({
      code: 'ERR_SLUICE_LOAD',
      message: expect.stringContaining(`rolled back. ${advice}`) as string,
    });
  });
});

describe('a dataset', () => {
  it('has no view among its tables', async () => {
    const destination = duckdb(':memory:');
    const made = pipeline({ name: 'p', destination, dataset: 'shop' });
    await made.run([{ id: 1 }], { table: 't' });
    await destination.query('CREATE VIEW shop.v AS SELECT id AS own FROM shop.t');
    await made.run([{ id: 2 }], { table: 't' });
    const reader = made.dataset();
    expect(await reader.tables()).toEqual(['t']);
    expect(Object.keys(await destination.dataset('shop').schema())).toEqual(['t']);
    expect(await reader.query('SELECT own FROM v ORDER BY own')).toEqual([{ own: 1 }, { own: 2 }]);
    await destination.close();
  });

  it('is loaded into an existing schema whose name differs by case alone', async () => {
    const destination = duckdb(':memory:');
    await destination.query('CREATE SCHEMA "Shop"');
    const made = pipeline({ name: 'p', destination, dataset: 'shop' });
    for (let load = 0; load < 2; load += 1) await made.run([{ id: load }], { table: 't' });
    expect(await made.dataset().tables()).toEqual(['t']);
    expect(await made.dataset().rows('t')).toHaveLength(2);
    expect(await made.dataset().query('SELECT id FROM t ORDER BY id')).toEqual([
      { id: 0 },
      { id: 1 },
    ]);
    await destination.close();
  });
});
