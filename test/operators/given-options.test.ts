import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConfigError, duckdb, load, pipeline, restSource } from 'sluice';
import { batch, evolve, flatten, select } from 'sluice/operators';

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
      'an operator that is not called',
      () => of(1).pipe(batch as never),
      'batch(): found an observable in the place of options. Call the operator: pipe(batch()).',
    ],
  ])('says %s', (_, make, message) => {
    expect(make).toThrow(message);
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
      'flatten(): `writeDisposition`: found text; it must be one of append, replace, merge.',
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
  });
});
