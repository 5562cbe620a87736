import { describe, expect, it } from 'vitest';
import { restSource } from 'sluice';
import { readSource, runContext } from '../../../../support/read-pages.js';

const rows = Array.from({ length: 9_000 }, (_, id) => ({ id, name: `name of row ${id}` }));

/** Notices of a source whose responses have one body; up to 50,000 bytes are in memory. */
async function noticesOf(
  body: unknown,
  endpoint: object,
  others: object[] = [],
): Promise<string[]> {
  const source = restSource({
    client: {
      baseUrl: 'http://api.test/',
      fetch: () => Promise.resolve(new Response(JSON.stringify(body))),
    },
    resources: [
      { name: 'orders', endpoint: { path: 'orders', paginator: 'single', ...endpoint } },
      ...(others as []),
    ],
  });
  const { error, events } = await readSource(source, { ...runContext(), bodyBytes: 50_000 });
  expect(error).toBe(null);
  return events.flatMap((event) =>
    event.kind === 'notice' && event.message.includes('in memory') ? [event.message] : [],
  );
}

/** A response action that looks at the whole response. */
const sees = ({ body }: { body: Uint8Array }): void => void body.length;

/** A paginator that ends each list. */
const atEnd = (): null => null;

const selected = { dataSelector: 'data' };

describe('a large response that is in memory whole', () => {
  it.each([
    ['`responseActions`', { data: rows }, { ...selected, responseActions: [sees] }],
    [
      '`rows`',
      { data: Object.fromEntries(rows.entries()) },
      { ...selected, rows: 'map', paginator: atEnd },
    ],
    ['by a number', { data: [{ all: rows }, 1] }, { dataSelector: 'data.0.all', paginator: atEnd }],
  ] as const)('is reported once, with the reason: %s', async (reason, body, endpoint) => {
    expect(await noticesOf(body, endpoint)).toEqual([
      expect.stringMatching(/^a response of [\d,]+ bytes is in memory whole, since .*memory/s),
    ]);
    expect(String(await noticesOf(body, endpoint))).toContain(reason);
  });

  it.each([
    ['a row', { data: [{ all: rows }] }, selected],
    ['a row', { id: 1, all: rows }, { format: 'ndjson' }],
    ['an element', { data: [{ all: rows }] }, { dataSelector: 'data[*].all' }],
    ['an element', { data: { a: { all: rows } } }, { dataSelector: 'data.*.all' }],
  ] as const)('is reported where %s of it is so large', async (what, body, endpoint) => {
    expect(await noticesOf(body, endpoint)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${what} of [\\d,]+ bytes is in memory whole, since .*\\\`limits.rowBytes\\\`\\.$`,
        ),
      ),
    ]);
  });

  it('is reported where another resource reads it', async () => {
    const other = { name: 'meta', endpoint: { responseOf: 'orders', dataSelector: 'meta' } };
    expect(await noticesOf({ data: rows, meta: { a: 1 } }, selected, [other])).toEqual([
      expect.stringContaining('since other resources read it (`responseOf`)'),
    ]);
  });

  it('is not reported where its rows come in slices, or where it is small', async () => {
    expect(await noticesOf({ data: rows }, selected)).toEqual([]);
    expect(
      await noticesOf({ data: rows.slice(0, 2_000) }, { ...selected, responseActions: [sees] }),
    ).toEqual([]);
  });
});
