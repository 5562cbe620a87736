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
          new RegExp(`^${name}\\(\\) has no option .* Did you mean \`${meant}\`\\?`),
        ) as string,
      }) as Error,
    );
  });

  it('run', async () => {
    const loading = pipeline({ name: 'p', destination: duckdb(':memory:') });
    const source = restSource({ client: { baseUrl: 'http://127.0.0.1:9/' }, resources: ['a'] });
    await expect(loading.run(source, { incomplet: 'fail' } as never)).rejects.toThrow(
      'run() has no option `incomplet`. Did you mean `incomplete`?',
    );
    await expect(loading.run(source, 5 as never)).rejects.toThrow('run() takes an object with');
  });
});
