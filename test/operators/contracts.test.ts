import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { FlattenConfig } from '#operators/columns/flatten-config.js';
import {
  batch,
  type DatasetSchema,
  type Discard,
  evolve,
  type SchemaContract,
  type Shaped,
} from 'sluice/operators';
import { flats } from '../support/flat.js';
import { land, type Landed } from '../support/land.js';

/** What a first load of these rows leaves as schema. */
async function schemaAfter(
  rows: readonly string[],
  config: Partial<FlattenConfig> = {},
): Promise<DatasetSchema> {
  const shaped = await lastValueFrom(from(flats([rows], config)).pipe(evolve(), toArray()));
  const tables = shaped.flatMap((page) => page.tables.map(({ schema }) => schema));
  return Object.fromEntries(tables.map((schema) => [schema.name, schema]));
}

interface Loaded {
  tables: Record<string, Landed>;
  discards: Discard[];
}

/** Pages behind these rows of an earlier load. */
async function loaded(
  before: readonly string[],
  pages: readonly (readonly string[])[],
  schemaContract: SchemaContract,
  { quarantine, ...config }: Partial<FlattenConfig> & { quarantine?: boolean } = {},
): Promise<Loaded> {
  const schema = before.length === 0 ? {} : await schemaAfter(before);
  const pagesOf = from(flats(pages, { ...config, schemaContract }));
  const shaped: Shaped[] = await lastValueFrom(
    pagesOf.pipe(evolve({ schema, ...(quarantine === true && { quarantine }) }), toArray()),
  );
  const batches = await lastValueFrom(from(shaped).pipe(batch(), toArray()));
  return { tables: land(batches), discards: shaped.flatMap(({ discards = [] }) => discards) };
}

/** Values of a table's rows without sluice's own. */
function values({ tables }: Loaded, table = 'things'): object[] {
  return (tables[table]?.rows ?? []).map((row) =>
    Object.fromEntries(
      Object.entries(row)
        .filter(([name]) => !name.startsWith('_dlt'))
        .map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
    ),
  );
}

const rejects = async (load: Promise<Loaded>): Promise<string> =>
  load.then(
    () => 'no error',
    (error: Error) => error.message,
  );

describe('a schema contract of `evolve`', () => {
  it('raises for a new column where columns freeze, and names table, column, row and value', async () => {
    const message = await rejects(
      loaded(['{"id":1}'], [['{"id":2}', '{"id":3,"x":"secret"}']], { columns: 'freeze' }),
    );
    expect(message).toBe(
      'Resource things, page 1: column things.x is new, which is refused by `schemaContract` (columns: freeze). Row 2 of the page has "secret". Allow the column with `columns: "evolve"`, or exclude it by a hint.',
    );
  });

  it('cuts a long value in the message', async () => {
    const load = loaded(['{"id":1}'], [[`{"x":"${'a'.repeat(500)}"}`]], 'freeze');
    expect((await rejects(load)).length).toBeLessThan(400);
  });

  it('leaves rows with a new column out, with the rows below them', async () => {
    const load = await loaded(
      ['{"id":1,"l":[{"a":1}]}'],
      [['{"id":2,"x":1,"l":[{"a":2},{"a":3}]}', '{"id":3,"l":[{"a":4}]}']],
      { columns: 'discard_row' },
    );
    expect(values(load)).toEqual([{ id: 3 }]);
    expect(values(load, 'things__l')).toEqual([{ a: 4 }]);
    expect(load.discards.map(({ table, column, rows }) => [table, column, rows])).toEqual([
      ['things', 'x', 1],
      ['things__l', null, 2],
    ]);
  });

  it('adds columns that are allowed from rows that are left out for others, as dlt does', async () => {
    const rows = ['{"id":2,"text":1,"n":"x"}', '{"id":3,"text":2,"m":"x"}', '{"id":4,"n":5}'];
    const left = await loaded(['{"id":1,"n":1,"m":1}'], [rows], { columns: 'discard_row' });
    expect(left.tables['things']?.columns).toContain('n__v_text text');
    // Once a column is refused, rows with it are not looked at.
    expect(left.tables['things']?.columns).not.toContain('m__v_text text');
    expect(values(left)).toEqual([{ id: 4, n: 5 }]);
  });

  it('leaves only the child row out where the new column is in a child table', async () => {
    const load = await loaded(
      ['{"id":1,"l":[{"a":1}]}'],
      [['{"id":2,"l":[{"a":2,"b":1},{"a":3}]}']],
      { columns: 'discard_row' },
    );
    expect(values(load)).toEqual([{ id: 2 }]);
    expect(values(load, 'things__l')).toEqual([{ a: 3 }]);
  });

  it('leaves the values of a new column out, and keeps a row that has no other', async () => {
    const load = await loaded(['{"id":1}'], [['{"id":2,"x":1}', '{"x":2}']], {
      columns: 'discard_value',
    });
    expect(values(load)).toEqual([{ id: 2 }, {}]);
    expect(load.discards).toMatchObject([{ column: 'x', rows: 0, values: 2 }]);
  });

  it('lets the columns of a new table in, in all pages of its first load', async () => {
    const load = await loaded([], [['{"id":1}'], ['{"id":2,"x":1}']], { columns: 'freeze' });
    expect(values(load)).toEqual([{ id: 1 }, { id: 2, x: 1 }]);
  });

  it('lets only the columns of the first row into a new child table, as dlt does', async () => {
    const load = await loaded([], [['{"id":1,"l":[{"a":1},{"a":2,"b":3}]}']], {
      columns: 'discard_value',
    });
    expect(values(load, 'things__l')).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('takes no row for the first of a new child table that is left out with the row above', async () => {
    const rows = [
      '{"id":1,"x":1,"l":[{}]}',
      '{"id":2,"l":[{"a":1},{"b":2}]}',
      '{"id":3,"l":[{"a":4}]}',
    ];
    const load = await loaded(['{"id":0}'], [rows], { columns: 'discard_row' });
    expect(values(load)).toEqual([{ id: 2 }, { id: 3 }]);
    expect(values(load, 'things__l')).toEqual([{ a: 1 }, { a: 4 }]);
  });

  it('keeps child tables from appearing where tables are discarded, and keeps their parents', async () => {
    for (const tables of ['discard_row', 'discard_value'] as const) {
      const load = await loaded(['{"id":1}'], [['{"id":2,"x":1,"l":[{"k":[1]}]}']], { tables });
      expect(Object.keys(load.tables)).toEqual(['things']);
      expect(values(load)).toEqual([{ id: 2, x: 1 }]);
    }
  });

  it('loads nothing of a new resource where tables are discarded, and raises where they freeze', async () => {
    expect((await loaded([], [['{"id":1}']], { tables: 'discard_row' })).tables).toEqual({});
    expect(await rejects(loaded([], [['{"id":1}']], { tables: 'freeze' }))).toMatch(
      /table things is new.* Allow the table with `tables: "evolve"`, in its first run at least\.$/,
    );
  });

  it('takes a value that would make a variant by the contract of data types', async () => {
    const page = ['{"id":"x","n":1}', '{"id":3}'];
    const row = await loaded(['{"id":1}'], [page], { dataType: 'discard_row' });
    expect(values(row)).toEqual([{ id: 3 }]);
    const value = await loaded(['{"id":1}'], [page], { dataType: 'discard_value' });
    expect(values(value)).toEqual([{ n: 1 }, { id: 3 }]);
    expect(await rejects(loaded(['{"id":1}'], [page], { dataType: 'freeze' }))).toMatch(
      /column things\.id and would make the column id__v_text.* Row 1 of the page has "x"/,
    );
  });

  it('does not widen integers where data types are restricted, also in a first load', async () => {
    for (const pages of [[['{"n":1}', '{"n":1.5}']], [['{"n":1}'], ['{"n":1.5}']]])
      expect(values(await loaded([], pages, { dataType: 'discard_row' }))).toEqual([{ n: 1 }]);
  });

  it('fills a variant that is there already', async () => {
    const load = await loaded(['{"id":1}', '{"id":"x"}'], [['{"id":"y"}', '{"id":true}']], {
      dataType: 'discard_row',
    });
    expect(values(load)).toEqual([{ id__v_text: 'y' }]);
  });

  it('raises for a row that one rule freezes and another discards, not below a discarded row', async () => {
    const contract = { columns: 'discard_row', dataType: 'freeze' } as const;
    const before = ['{"id":1,"l":[{"a":1}]}'];
    expect(await rejects(loaded(before, [['{"id":"x","n":1}']], contract))).toMatch(
      /dataType: freeze/,
    );
    const load = await loaded(before, [['{"id":2,"n":1,"l":[{"a":"x"}]}', '{"id":3}']], contract);
    expect(values(load)).toEqual([{ id: 3 }]);
  });

  it('goes by the contract of a column before that of its resource', async () => {
    const load = await loaded(['{"id":1}'], [['{"id":2,"x":1,"y":1}']], 'freeze', {
      columns: {
        x: { schemaContract: 'evolve' },
        y: { schemaContract: { columns: 'discard_value' } },
      },
    });
    expect(values(load)).toEqual([{ id: 2, x: 1 }]);
  });

  it('adds no declared column to a table that is there, and raises for it where columns freeze', async () => {
    const columns = { x: { dataType: 'text' } } as const;
    const load = await loaded(
      ['{"id":1}'],
      [['{"id":2,"x":"a"}']],
      { columns: 'discard_value' },
      { columns },
    );
    expect(values(load)).toEqual([{ id: 2 }]);
    expect(
      await rejects(loaded(['{"id":1}'], [['{"id":2}']], { columns: 'freeze' }, { columns })),
    ).toMatch(/a hint declares column things\.x/);
  });

  it('leaves the same out however rows are cut into pages', async () => {
    const rows = [
      '{"id":2,"x":1}',
      '{"id":"a","l":[1]}',
      '{"id":3,"l":[2,"b"]}',
      '{"y":{"z":1},"id":4}',
    ];
    const contract = { columns: 'discard_row', dataType: 'discard_value' } as const;
    const whole = await loaded(['{"id":1,"l":[1]}'], [rows], contract);
    const cut = await loaded(
      ['{"id":1,"l":[1]}'],
      rows.map((row) => [row]),
      contract,
    );
    expect(cut.tables['things']).toEqual(whole.tables['things']);
    expect(values(whole)).toEqual([{}, { id: 3 }]);
    expect(values(cut, 'things__l')).toEqual(values(whole, 'things__l'));
  });

  it('keeps discarded rows as JSON with the rows below them, and numbers as they were sent', async () => {
    const row =
      '{"id":2,"x":1.10,"o":{"a":{"b":"ü"},"t":"2026-01-01T00:00:00Z"},"l":[{"a":1},[2,3],"s"]}';
    const load = await loaded(
      ['{"id":1}'],
      [[row]],
      { columns: 'discard_row' },
      { quarantine: true },
    );
    const [kept] = load.tables['_sluice_quarantine']?.rows ?? [];
    expect(JSON.parse(String(kept?.['data']))).toEqual(JSON.parse(row));
    expect(kept?.['data']).toContain('"x":1.10');
    expect(kept).toMatchObject({
      resource: 'things',
      table_name: 'things',
      column_name: 'x',
      entity: 'columns',
      mode: 'discard_row',
    });
  });

  it('keeps discarded values of a row together as JSON', async () => {
    const load = await loaded(['{"id":1}'], [['{"id":"a","o":{"x":true}}']], 'discard_value', {
      quarantine: true,
    });
    expect(values(load)).toEqual([{}]);
    expect(
      load.tables['_sluice_quarantine']?.rows.map(({ data }) => JSON.parse(String(data))),
    ).toEqual([{ id: 'a', o: { x: true } }]);
  });

  it('counts the contract of the run before all others', async () => {
    const schema = await schemaAfter(['{"id":1}']);
    const pages = flats([['{"id":2,"x":1}']], {
      schemaContract: 'freeze',
      columns: { x: { schemaContract: 'freeze' } },
    });
    const shaped = await lastValueFrom(
      from(pages).pipe(evolve({ schema, schemaContract: 'evolve' }), toArray()),
    );
    expect(shaped[0]?.changes.map(({ column }) => column)).toEqual(['x']);
  });
});
