import { describe, expect, it } from 'vitest';
import { type ResponseAction, restSource } from 'sluice';
import { type ReadSlices, readSlices } from '../../../../support/read-slices.js';

const rows = Array.from({ length: 28_000 }, (_, id) => ({ id, name: `name of row ${id}` }));
const body = JSON.stringify({ data: rows });

/** Reads one response of 1.1 MB, of which 50,000 bytes may be in memory. */
async function read(...responseActions: ResponseAction[]): Promise<ReadSlices> {
  const source = restSource({
    client: {
      baseUrl: 'http://api.test/',
      retry: { attempts: 1 },
      fetch: () => Promise.resolve(new Response(body)),
    },
    resources: [
      {
        name: 'orders',
        endpoint: { path: 'orders', paginator: 'single', dataSelector: 'data', responseActions },
      },
    ],
  });
  return readSlices(source, 50_000);
}

describe('response actions on a body that is too large for memory', () => {
  it.each<[string, ResponseAction]>([
    ['of another status', { statusCode: 404, action: (response) => void response.body.length }],
    ['that look at the status and the headers', ({ headers }) => void headers.get('etag')],
    ['that look for a text that is not there', { content: 'no such text', action: 'ignore' }],
  ])('leave it in its file: %s', async (_, action) => {
    const found = await read(action);
    expect(found).toMatchObject({ error: null, held: [] });
    expect(found.rows).toEqual(rows);
    expect(found.slices).toBeGreaterThan(10);
  });

  it('find a text anywhere in it', async () => {
    // Pieces of a megabyte are searched.
    const cut = body.slice(1024 ** 2 - 10, 1024 ** 2 + 10);
    for (const content of [cut, body.slice(-12)])
      expect(await read({ content, action: 'ignore' })).toMatchObject({ rows: [], error: null });
  });

  it('see and change it, which is reported, and its rows come in slices all the same', async () => {
    const found = await read(
      (response) => ({ ...response, status: 203 }),
      (response) => {
        const { data } = JSON.parse(new TextDecoder().decode(response.body)) as { data: object[] };
        response.body = new TextEncoder().encode(JSON.stringify({ data: data.slice(1) }));
      },
    );
    expect(found.error).toBe(null);
    expect(found.rows).toEqual(rows.slice(1));
    expect(found.slices).toBeGreaterThan(10);
    expect(found.held).toEqual([
      expect.stringMatching(
        /^a response of [\d,]+ bytes is in memory whole, since a function in `responseActions` reads its `body`\./,
      ),
    ]);
  });

  it('make it small', async () => {
    const found = await read((response) => {
      response.body = new TextEncoder().encode('{"data":[{"id":1}]}');
    });
    expect(found).toMatchObject({ rows: [{ id: 1 }], slices: 1, error: null });
  });

  it('make an error of it without reading it', async () => {
    const found = await read((response) => ({ ...response, status: 404 }));
    const { error } = await read((response) => {
      response.status = 404;
    });
    expect([error, found.error]).toEqual(
      Array(2).fill(expect.stringMatching(/404.*"data":\[\{"id":0,/s)),
    );
  });
});
