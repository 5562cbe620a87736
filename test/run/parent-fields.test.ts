import { describe, expect, it } from 'vitest';
import { duckdb, pipeline, type RestResource, restSource } from 'sluice';
import { serve } from '../support/local-server.js';

const single = { dataSelector: '@', paginator: 'single' } as const;

/** Loads rows of a parent and of a child, as JSON texts; what `sql` gives. */
async function loaded(
  parents: string,
  children: string,
  child: Partial<RestResource>,
  sql: string,
): Promise<unknown[]> {
  const server = await serve(({ path }) => ({ text: path === '/a' ? parents : children }));
  await using p = pipeline({ name: 'p', destination: duckdb(':memory:'), dataset: 'ds' });
  await p.run(
    restSource({
      client: { baseUrl: server.url },
      resources: [
        { name: 'a', endpoint: { path: 'a', ...single } },
        { name: 'b', endpoint: { path: 'a/{resources.a.id}/b', ...single }, ...child },
      ],
    }),
  );
  return p.dataset().query(sql);
}

describe('fields of a parent on the rows of its children', () => {
  it('have the types that they have in the parent’s table', async () => {
    const fields = { price: 'price', z: 'z', big: 'big', o: 'o' };
    const types = `typeof(price) AS price, typeof(z) AS z, typeof(big) AS big, typeof(o__x) AS x`;
    const [row] = (await loaded(
      '[{"id":1,"price":2.0,"z":-0.0,"big":9007199254740993,"o":{"x":1e2}}]',
      '[{"n":1}]',
      { includeFromParent: fields },
      `SELECT (SELECT [${types.replaceAll(/ AS \w+/g, '')}] FROM ds.a) AS parent, (SELECT [${types.replaceAll(/ AS \w+/g, '')}] FROM ds.b) AS child`,
    )) as [{ parent: unknown; child: unknown }];
    expect(row.child).toEqual(row.parent);
  });
});
