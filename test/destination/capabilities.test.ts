import { describe, expect, it } from 'vitest';
import { type Capabilities, duckdb, pipeline, type RowsConfig } from 'sluice';
import { memory } from './memory-destination.js';

const able = (capabilities: Partial<Capabilities>): ReturnType<typeof memory> => {
  const destination = memory();
  return { ...destination, capabilities: { ...destination.capabilities, ...capabilities } };
};

describe('a load that its destination cannot do', () => {
  it.each<[string, Partial<Capabilities>, Partial<RowsConfig> & { refresh?: 'drop_data' }, string]>(
    [
      [
        'a disposition',
        {},
        { writeDisposition: 'replace' },
        'has writeDisposition replace, and destination memory takes append',
      ],
      [
        'a merge strategy',
        { dispositions: ['append', 'merge'] },
        { writeDisposition: { disposition: 'merge', strategy: 'upsert' }, primaryKey: 'id' },
        'has merge strategy upsert, and destination memory takes delete-insert',
      ],
      [
        'a refresh',
        {},
        { refresh: 'drop_data' },
        'has refresh drop_data, and destination memory drops nothing of earlier loads',
      ],
      [
        'one refresh of several',
        { refresh: ['drop_sources'] },
        { refresh: 'drop_data' },
        'has refresh drop_data, and destination memory takes drop_sources',
      ],
    ],
  )('is refused before its first row: %s', async (_, capabilities, options, message) => {
    let isRead = false;
    const rows = function* (): Generator<object> {
      isRead = true;
      yield { id: 1 };
    };
    const destination = able(capabilities);
    await expect(
      pipeline({ name: 'p', destination }).run(rows, { table: 't', ...options }),
    ).rejects.toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: expect.stringContaining(message) as string,
    });
    expect(isRead).toBe(false);
  });

  it('is refused where pipeline.drop() would drop nothing', async () => {
    const real = duckdb(':memory:');
    const { refresh: _, ...capabilities } = real.capabilities;
    const made = pipeline({ name: 'p', destination: { ...real, capabilities } });
    await made.run([{ id: 1 }], { table: 't' });
    await expect(made.drop()).rejects.toMatchObject({ code: 'ERR_SLUICE_CONFIG' });
    expect(await made.dataset().tables()).toEqual(['t']);
    await real.close();
  });
});
