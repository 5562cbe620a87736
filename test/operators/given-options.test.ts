import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConfigError, duckdb, load, pipeline, restSource } from 'sluice';
import { batch, evolve, flatten, incremental, select } from 'sluice/operators';

describe('an option that a function does not know is a config error', () => {
  it.each<[string, () => unknown, string]>([
    ['flatten', () => flatten({ table: 'a', primarykey: 'id' } as never), 'primaryKey'],
    ['select', () => select({ path: 'a', row: 'map' } as never), 'rows'],
    ['evolve', () => evolve({ shema: {} } as never), 'schema'],
    ['batch', () => batch({ row: 1 } as never), 'rows'],
    ['load', () => load(duckdb(':memory:'), { dataset: 'd', comit: {} } as never), 'commit'],
    ['duckdb', () => duckdb('x.duckdb', { tread: false } as never), 'thread'],
    [
      'pipeline',
      () => pipeline({ name: 'p', destination: duckdb(':memory:'), dataSet: 'd' } as never),
      'dataset',
    ],
    [
      'pipeline',
      () => pipeline({ name: 'p', destination: duckdb(':memory:'), datasetName: 'd' } as never),
      'dataset',
    ],
  ])('%s', (name, make, meant) => {
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(
      expect.objectContaining({
        code: 'ERR_SLUICE_CONFIG',
        message: expect.stringMatching(
          new RegExp(`^${name}\\(\\): \`\\w+\`: unknown key\\. Did you mean \`${meant}\`\\?`),
        ) as string,
      }) as Error,
    );
  });

  it.each<[string, () => unknown, string]>([
    [
      'every option that is wrong',
      () => flatten({ primarykey: 'id', maxTableNesting: -1 } as never),
      'flatten(): 3 things are wrong:\n  - `primarykey`: unknown key. Did you mean `primaryKey`?',
    ],
    [
      'a hint of a column',
      () => flatten({ table: 'a', columns: { id: { dataTyp: 'text' } } } as never),
      'flatten(): `columns.id.dataTyp`: unknown key. Did you mean `dataType`?',
    ],
    [
      'a limit of a commit',
      () => load(duckdb(':memory:'), { dataset: 'd', commit: { rows: 0 } }),
      'load(): `commit.rows`: found number 0; it must be a number above 0, or Infinity for no limit.',
    ],
    [
      'the same of a pipeline',
      () => pipeline({ name: 'p', destination: duckdb(':memory:'), commit: { ms: -1 } }),
      'pipeline(): `commit.ms`: found number -1',
    ],
    [
      'a schema that was not awaited',
      () => evolve({ schema: Promise.resolve({}) } as never),
      'evolve(): `schema`: found a promise; it must be the schemas of tables, as `await destination',
    ],
    [
      'a map in the place of an object',
      () => evolve({ schema: new Map() } as never),
      'evolve(): `schema`: found a Map; it must be the schemas of tables, as `await destination',
    ],
    [
      'schemas that are none',
      () => evolve({ schema: { tables: [] } } as never),
      'evolve(): `schema`: found an object with tables; it must be the schemas of tables',
    ],
    [
      'something else that was kept',
      () => incremental({ cursorPath: 'at', kept: { lastValue: 1 } } as never),
      'incremental(): `kept`: found an object with lastValue; it must be what `keep` was given',
    ],
    [
      'a map in the place of hints',
      () => flatten({ table: 'a', columns: new Map([['id', {}]]) } as never),
      'flatten(): `columns`: found a Map; it must be an object.',
    ],
    [
      'a map in the place of options',
      () => flatten(new Map([['table', 'a']]) as never),
      'flatten(): found a Map; it must be an object with table, ',
    ],
    [
      'Headers in the place of an object',
      () =>
        restSource({
          client: { baseUrl: 'http://127.0.0.1:9/', headers: new Headers({ a: 'b' }) as never },
          resources: ['a'],
        }),
      '`client.headers`: found a Headers; it must be an object.',
    ],
    [
      'an operator that is not called',
      () => of(1).pipe(batch as never),
      'batch(): found an observable in the place of options. Call the operator: pipe(batch()).',
    ],
  ])('says %s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  it.each([
    ['no prototype', Object.assign(Object.create(null) as object, { table: 'a' })],
    [
      'a class of their own',
      new (class {
        table = 'a';
      })(),
    ],
  ])('takes options with %s', (_, options) => {
    expect(() => flatten(options as never)).not.toThrow();
  });

  it('says which element of a list is wrong', () => {
    const source = restSource({ client: { baseUrl: 'http://127.0.0.1:9/' }, resources: ['a'] });
    expect(() => source.withResources(['a', 5 as never])).toThrow(
      'The names of withResources(): `[1]`: found number 5; it must be text, not empty.',
    );
  });

  it('shows no text in it', () => {
    expect(() => flatten({ table: ['s3cret'] } as never)).toThrow(/^((?!s3cret).)*$/s);
    expect(() => flatten({ table: 'a', writeDisposition: 's3cret' } as never)).toThrow(
      'flatten(): `writeDisposition`: found text (not shown); it must be one of append, replace, merge',
    );
  });

  it.each([0, 10_001])('says which limit is out of range before a page comes: %d', (depth) => {
    const message = `\`limits.depth\`: found number ${depth}; it must be a whole number from 1 to 10,000.`;
    expect(() => select({ path: 'a', limits: { depth } })).toThrow(`select(): ${message}`);
    expect(() => flatten({ table: 'a', limits: { depth } })).toThrow(`flatten(): ${message}`);
  });

  it('says which table of a load is wrong', () => {
    const resources = [{ resource: 'a', writeDisposition: 'append' }] as never;
    expect(() => load(duckdb(':memory:'), { dataset: 'd', resources })).toThrow(
      'load(): `resources[0]`: found an object with resource, writeDisposition; it must be an object with the names `resource` and `table`',
    );
  });

  it('run', async () => {
    const loading = pipeline({ name: 'p', destination: duckdb(':memory:') });
    const source = restSource({ client: { baseUrl: 'http://127.0.0.1:9/' }, resources: ['a'] });
    await expect(loading.run(source, { incomplet: 'fail' } as never)).rejects.toThrow(
      'run(): `incomplet`: unknown key. Did you mean `incomplete`?',
    );
    await expect(loading.run(source, 5 as never)).rejects.toThrow(
      'run(): found number 5; it must be an object with incomplete, ',
    );
    const columns = { a: { dataType: 'number' } } as never;
    await expect(loading.run([{ a: 1 }], { table: 't', columns })).rejects.toThrow(
      'run(): `columns.a.dataType`: found text (not shown); it must be one of text, ',
    );
  });

  it('pipeline with a path as its destination', () => {
    expect(() => pipeline({ name: 'p', destination: 'shop.duckdb' as never })).toThrow(
      'found text. Make a destination of it: duckdb(path).',
    );
  });
});
