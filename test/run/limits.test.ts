import { describe, expect, it } from 'vitest';
import { duckdb, type LoadInfo, pipeline, type RestResource, restSource } from 'sluice';
import { serve } from '../support/local-server.js';

async function load(json: string, resource: Partial<RestResource>): Promise<LoadInfo> {
  const server = await serve(({ path }) => ({ text: path === '/a' ? json : '[{"n":1}]' }));
  await using p = pipeline({ name: 'p', destination: duckdb(':memory:'), dataset: 'ds' });
  return p.run(
    restSource({
      client: { baseUrl: server.url },
      resources: [
        { name: 'a', endpoint: { path: 'a', paginator: 'single' }, ...resource },
        { name: 'b', endpoint: { path: 'b/{resources.a.id}', paginator: 'single' } },
      ],
    }),
  );
}

const DEEP = `[{"id":1,"a":${'['.repeat(1100)}${']'.repeat(1100)}}]`;

describe('limits of a resource', () => {
  it('are named by the error, and the load goes on when they are raised', async () => {
    await expect(load(DEEP, { maxTableNesting: 0 })).rejects.toThrow(
      /nested deeper than 1,000 levels .* Raise `limits\.depth` of the resource/,
    );
    const { tables } = await load(DEEP, { maxTableNesting: 0, limits: { depth: 1_200 } });
    expect(tables['a']).toBe(1);
  });

  it('bound the columns of a table', async () => {
    await expect(load('[{"id":1,"b":2,"c":3}]', { limits: { columns: 2 } })).rejects.toMatchObject({
      code: 'ERR_SLUICE_LIMIT',
    });
  });

  it('say that the stack is too small, and what to do', async () => {
    const deeper = `[{"id":1,"a":${'['.repeat(9_900)}${']'.repeat(9_900)}}]`;
    await expect(
      load(deeper, { maxTableNesting: 0, limits: { depth: 10_000 } }),
    ).rejects.toMatchObject({
      code: 'ERR_SLUICE_LIMIT',
      message: expect.stringContaining('--stack-size') as string,
    });
  });

  it.each([[{ depth: 0 }], [{ depth: 20_000 }], [{ level: 3 }]])('refuse %j', async (limits) => {
    await expect(load('[]', { limits: limits as object })).rejects.toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
    });
  });
});

describe('a parent row without the field that its children need', () => {
  it('is counted as skipped, and the verdict says so', async () => {
    const { resources } = await load('[{"id":1},{"id":null},{"n":2},{"id":2}]', {});
    expect(resources.find(({ name }) => name === 'b')).toMatchObject({
      rows: 2,
      skipped: 2,
      verdict: 'unproven',
      reasons: ['nothing was requested for a parent row without `a.id` (2 times)'],
    });
  });
});
