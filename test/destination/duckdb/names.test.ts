import * as fc from 'fast-check';
import { from, lastValueFrom } from 'rxjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { duckdb, type DuckdbDestination, load } from 'sluice';
import { batch, type DatasetSchema, evolve } from 'sluice/operators';
import { flats } from '../../support/flat.js';

let destination: DuckdbDestination;
beforeEach(() => {
  destination = duckdb(':memory:');
});
const query = (sql: string): Promise<Record<string, unknown>[]> => destination.query(sql);

async function loaded(
  pages: readonly (readonly string[])[],
  dataset = 'data',
  schema?: DatasetSchema,
): Promise<void> {
  await lastValueFrom(
    from(flats(pages)).pipe(
      evolve({ schema: schema ?? (await destination.dataset(dataset).schema()) }),
      batch({ rows: 1 }),
      load(destination, { dataset }),
    ),
  );
}

/**
 * Tables by name: columns with their types, and rows by the columns' names; the order of columns is
 * not looked at.
 */
async function tables(dataset: string): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  const names = (
    await query(
      `SELECT table_name AS name FROM duckdb_tables() WHERE schema_name = '${dataset}' AND table_name LIKE 'things%'`,
    )
  ).map(({ name }) => String(name));
  for (const name of names) {
    const columns = Object.fromEntries(
      (await query(`DESCRIBE ${dataset}."${name}"`)).map((row) => [
        row['column_name'],
        row['column_type'],
      ]),
    );
    const rows = (await query(`SELECT * FROM ${dataset}."${name}" ORDER BY rowid`)).map((row) =>
      Object.fromEntries(
        Object.entries(row).filter(([key, value]) => value !== null && !/^_dlt_.*id$/.test(key)),
      ),
    );
    found[name] = { columns, rows };
  }
  return found;
}

describe('the same rows', () => {
  const scalar = fc.constantFrom(
    '1',
    '-7',
    '0.5',
    '1.0',
    '9007199254740993',
    'true',
    '"x"',
    '"1.5"',
    '"2024-01-02"',
    'null',
    '1e400',
  );
  const key = fc.constantFrom('userID', 'user_id', 'userId', 'a', 'A', 'a__b', 'a__v_text');
  const value = fc.letrec<{ value: string; object: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      { weight: 6, arbitrary: scalar },
      { weight: 1, arbitrary: tie('object') },
      {
        weight: 1,
        arbitrary: fc.array(tie('value'), { maxLength: 2 }).map((all) => `[${all.join(',')}]`),
      },
    ),
    // Members may come twice: then the last counts.
    object: fc
      .array(fc.tuple(key, tie('value')), { minLength: 1, maxLength: 3 })
      .map((members) => `{${members.map(([name, json]) => `"${name}":${json}`).join(',')}}`),
  }));
  const rows = fc.array(value.object, { minLength: 1, maxLength: 6 });

  it('give the same tables however they are cut into pages, batches and loads', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        async (all, ends) => {
          run += 1;
          await loaded([all], `whole${run}`);
          const loads: string[][][] = [[]];
          for (const [i, row] of all.entries()) {
            loads.at(-1)?.push([row]);
            if (ends[i] === true) loads.push([]);
          }
          for (const pages of loads) await loaded(pages, `cut${run}`);
          const names = (await query(`SELECT count(*) AS n FROM cut${run}._sluice_names`))[0];
          expect(await tables(`cut${run}`)).toEqual(await tables(`whole${run}`));
          expect(names).toEqual(
            (await query(`SELECT count(*) AS n FROM whole${run}._sluice_names`))[0],
          );
          for (const name of ['whole', 'cut']) await query(`DROP SCHEMA ${name}${run} CASCADE`);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a column', () => {
  it('keeps the key that it began with, over all loads', async () => {
    await loaded([['{"userID":1}']]);
    await loaded([['{"user_id":100}']]);
    await loaded([['{"user_id":200,"userID":2}']]);
    expect(await query('SELECT * EXCLUDE (_dlt_id, _dlt_load_id) FROM data.things')).toEqual([
      { user_id: 1, user_id__ceemmg: null },
      { user_id: null, user_id__ceemmg: 100 },
      { user_id: 2, user_id__ceemmg: 200 },
    ]);
  });

  it('that dlt made goes to the key that comes first, and stays with it', async () => {
    await loaded([['{"userID":1}']]);
    await query('DROP TABLE data._sluice_names');
    await loaded([['{"userID":2}']]);
    await loaded([['{"user_id":3}']]);
    expect(await query('SELECT user_id, user_id__ceemmg FROM data.things')).toEqual([
      { user_id: 1, user_id__ceemmg: null },
      { user_id: 2, user_id__ceemmg: null },
      { user_id: null, user_id__ceemmg: 3 },
    ]);
  });

  it('can go to another key once it was dropped', async () => {
    await loaded([['{"id":0,"userID":1}']]);
    await query('ALTER TABLE data.things DROP COLUMN user_id');
    await loaded([['{"id":1,"user_id":2}']]);
    await loaded([['{"id":2,"userID":3}']]);
    expect(await query('SELECT id, user_id, user_id__al6hza FROM data.things')).toEqual([
      { id: 0, user_id: null, user_id__al6hza: null },
      { id: 1, user_id: 2, user_id__al6hza: null },
      { id: 2, user_id: null, user_id__al6hza: 3 },
    ]);
  });

  it('takes no other key’s values where evolve knew nothing of the table', async () => {
    await loaded([['{"userID":1}']]);
    await expect(loaded([['{"user_id":2}']], 'data', {})).rejects.toThrow(
      /Column data\.things\.user_id holds values of `userID` in the database and the rows bring those of `user_id`\. Start evolve from the dataset's schema/,
    );
  });
});

describe('a child table', () => {
  it('keeps the list that it began with, over all loads', async () => {
    await loaded([['{"tagList":[1]}']]);
    await loaded([['{"tag_list":[2]}']]);
    await loaded([['{"tag_list":[4],"tagList":[3]}']]);
    const names = (
      await query(
        "SELECT table_name AS name FROM duckdb_tables() WHERE table_name LIKE 'things\\_\\_%' ESCAPE '\\' ORDER BY 1",
      )
    ).map(({ name }) => String(name));
    expect(names).toEqual([
      'things__tag_list',
      expect.stringMatching(/^things__tag_list__[a-z0-9]{6}$/),
    ]);
    expect(await Promise.all(names.map((name) => query(`SELECT value FROM data.${name}`)))).toEqual(
      [
        [{ value: 1 }, { value: 3 }],
        [{ value: 2 }, { value: 4 }],
      ],
    );
  });

  it('takes no other list’s rows where evolve knew nothing of it', async () => {
    await loaded([['{"tagList":[1]}']]);
    await expect(loaded([['{"tag_list":[2]}']], 'data', {})).rejects.toThrow(
      /Table data\.things__tag_list holds values of `things\.tagList` in the database and the rows bring those of `things\.tag_list`/,
    );
  });

  it('is in the schema with its list and parent', async () => {
    await loaded([['{"a":{"b":[{"c":[1]}]}}']]);
    const schema = await destination.dataset('data').schema();
    expect(Object.values(schema).map(({ name, parent, path }) => [name, parent, path])).toEqual([
      ['things', null, undefined],
      ['things__a__b', 'things', ['a', 'b']],
      ['things__a__b__c', 'things__a__b', ['c']],
    ]);
    expect(schema['things__a__b__c']?.columns[0]).toMatchObject({ name: 'value', path: [] });
  });
});
