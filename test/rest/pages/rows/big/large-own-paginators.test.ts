import { describe, expect, it } from 'vitest';
import { type Json, type JsonObject, type PageFacts, type Paginator, restSource } from 'sluice';
import { type ReadSlices, readSlices } from '../../../../support/read-slices.js';

const PAGE = 5_000;
const LISTS = 3;

function rowsOf(page: number): JsonObject[] {
  return Array.from({ length: PAGE }, (_, i) => ({ id: page * PAGE + i, name: `row ${i}` }));
}

/**
 * Reads a list of three responses of 170 kB, the rows behind `?after=id` each; up to `bodyBytes` of
 * one are in memory.
 */
async function read(
  paginator: Paginator | ((page: PageFacts) => { params: { after: number } } | null),
  bodyBytes = 50_000,
  endpoint: { format?: 'ndjson'; dataSelector?: string } = { dataSelector: 'data' },
  bodyOf: (rows: JsonObject[]) => string = (data) =>
    JSON.stringify({ meta: { list: data.map(() => 'x'), size: PAGE }, data, last: '\u0000list 0' }),
): Promise<ReadSlices> {
  const source = restSource({
    client: {
      baseUrl: 'http://api.test/',
      retry: { attempts: 1 },
      fetch: (url) => {
        const after = Number(new URL(url).searchParams.get('after') ?? -1);
        return Promise.resolve(new Response(bodyOf(rowsOf((after + 1) / PAGE))));
      },
    },
    resources: [{ name: 'orders', endpoint: { path: 'orders', paginator, ...endpoint } }],
  });
  return readSlices(source, bodyBytes);
}

const all = Array.from({ length: LISTS }, (_, page) => rowsOf(page)).flat();

function behind(row: Json | undefined): { params: { after: number } } | null {
  const { id } = row as { id: number };
  return id === LISTS * PAGE - 1 ? null : { params: { after: id } };
}

describe('a paginator of your own on a body that is too large for memory', () => {
  it('sees all of it, which stays in its file', async () => {
    const seen: unknown[] = [];
    const found = await read((page) => {
      const body = page.body() as { data: Json[]; meta: JsonObject; last: string };
      seen.push([body.data.length, body.meta['size'], body.last, body.data[2_500]]);
      return behind(body.data.at(-1));
    });
    expect(found).toMatchObject({ error: null, held: [] });
    expect(found.rows).toEqual(all);
    expect(found.slices).toBeGreaterThan(LISTS);
    expect(seen).toEqual(
      Array.from({ length: LISTS }, (_, page) => [PAGE, PAGE, '\u0000list 0', rowsOf(page)[2_500]]),
    );
  });

  it('sees lines of JSON as one list', async () => {
    const found = await read(
      (page) => behind((page.body() as Json[]).at(-1)),
      50_000,
      { format: 'ndjson' },
      (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join('\n'),
    );
    expect(found).toMatchObject({ error: null, held: [] });
    expect(found.rows).toEqual(all);
    expect(found.slices).toBeGreaterThan(LISTS);
  });

  it.each(['@', 'data', 'data[4999]', 'data.4999.id', 'meta', 'meta.size', 'data.-1', 'no.such'])(
    'gets the value at a path of its own that leads to rows or beside them: %s',
    async (path) => {
      const valuesIn = async (bodyBytes: number): Promise<unknown[]> => {
        const values: unknown[] = [];
        const paginator = {
          paths: [path, 'meta.size'],
          next: (page: PageFacts) => {
            values.push(JSON.stringify(page.values));
            return behind((page.body() as { data: Json[] }).data[PAGE - 1]) ?? { end: 'custom' };
          },
        } as Partial<Paginator> as Paginator;
        const { error, rows, held } = await read(paginator, bodyBytes);
        expect([error, rows.length, held]).toEqual([null, all.length, []]);
        return values;
      };
      const values = await valuesIn(50_000);
      expect(values.length).toBe(LISTS);
      expect(values).toEqual(await valuesIn(Infinity));
    },
  );

  it('has it in memory where its rows are not in a long list, which is reported', async () => {
    const found = await read(
      () => null,
      50_000,
      { dataSelector: 'data' },
      (rows) => JSON.stringify({ data: [{ id: 1 }], included: [...rows, ...rows] }),
    );
    expect(found).toMatchObject({ rows: [{ id: 1 }], error: null });
    expect(found.held).toEqual([
      expect.stringContaining('a `paginator` of your own sees all of it'),
    ]);
  });

  it('cannot look at its rows when they were worked on, and is told so', async () => {
    let kept: Json[] = [];
    const found = await read((page) => {
      if (kept.length > 0) return behind(kept[0]);
      kept = (page.body() as { data: Json[] }).data;
      return { params: { after: PAGE - 1 } };
    });
    expect(found.error).toContain(
      'Resource orders, page 2: `paginator` threw: the rows of this response were worked on and are not there any more. Copy what is needed of `page.body()` while it is passed.',
    );
  });
});
