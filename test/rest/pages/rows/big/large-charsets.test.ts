import { describe, expect, it } from 'vitest';
import { type JsonObject, type RestConfig, restSource } from 'sluice';
import { heldBodies } from '../../../../support/held-bodies.js';
import { readSource, runContext } from '../../../../support/read-pages.js';

interface Outcome {
  rows: JsonObject[] | undefined;
  error: string | null;
  pages: number;
}

/** Reads a body of which up to 50,000 bytes may be in memory. */
async function read(
  body: Uint8Array,
  contentType: string,
  client: Partial<NonNullable<RestConfig['client']>> = {},
): Promise<Outcome> {
  const source = restSource({
    client: {
      baseUrl: 'http://api.test/',
      retry: { attempts: 1 },
      fetch: () =>
        Promise.resolve(
          new Response(body as Uint8Array<ArrayBuffer>, {
            headers: { 'content-type': contentType },
          }),
        ),
      ...client,
    },
    resources: [{ name: 'orders', endpoint: { path: 'orders', paginator: 'single' } }],
  });
  const { rows, error, pages } = await readSource(source, { ...runContext(), bodyBytes: 50_000 });
  expect(heldBodies()).toEqual([]);
  return {
    rows: rows['orders'],
    error: error instanceof Error ? error.message : null,
    pages: pages.length,
  };
}

/** More than 1 MiB in each charset, so that it comes in several pieces. */
const rowsOf = (name: string): JsonObject[] =>
  Array.from({ length: 30_000 }, (_, id) => ({ id, name: `${name} of number ${id}` }));
const LATIN = rowsOf('Käse \u00e9');
const WIDE = rowsOf('Käse 💡 €');
const json = (rows: JsonObject[]): string => JSON.stringify({ data: rows });

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

function utf32le(text: string): Buffer {
  const points = Uint32Array.from(text, (one) => one.codePointAt(0) as number);
  return Buffer.from(points.buffer);
}

describe('a large body in another charset', () => {
  it.each([
    ['UTF-16 by its mark', Buffer.from(`\ufeff${json(WIDE)}`, 'utf16le'), '', WIDE],
    ['UTF-16 by its zero bytes', utf16be(json(WIDE)), '', WIDE],
    ['UTF-32', utf32le(`\ufeff${json(WIDE)}`), '; charset=utf-32', WIDE],
    ['ISO-8859-1', Buffer.from(json(LATIN), 'latin1'), '; charset=iso-8859-1', LATIN],
    ['UTF-8 that is called UTF-16', Buffer.from(json(WIDE)), '; charset=utf-16', WIDE],
    ['UTF-8 that is called ASCII', Buffer.from(json(WIDE)), '; charset=us-ascii', WIDE],
    ['UTF-8 that is called what nobody knows', Buffer.from(json(WIDE)), '; charset=of-ours', WIDE],
  ] as const)('comes in slices: %s', async (_name, body, charset, rows) => {
    const { error, pages, rows: found } = await read(body, `application/json${charset}`);
    expect([error, found?.length]).toEqual([null, 30_000]);
    expect(JSON.stringify(found)).toBe(JSON.stringify(rows));
    expect(pages).toBeGreaterThan(9);
  });

  it.each([
    ['; charset=utf-16', 'the body is not valid in its charset, `utf-16le`'],
    ['; charset=of-ours', 'the body is in the charset `of-ours` (Content-Type)'],
  ])('is refused where it is not valid: %s', async (charset, message) => {
    const body = Buffer.from(`\ufeff${json(WIDE)}`, 'utf16le');
    body.writeUInt16LE(0xdc00, body.length - 200);
    const sent = charset.includes('16') ? body : Buffer.from(json(LATIN), 'latin1');
    expect((await read(sent, `application/json${charset}`)).error).toContain(message);
  });
});

describe('a large body with NaN and Infinity', () => {
  it('comes in slices with null for them where the client says so', async () => {
    const text = json(WIDE).replaceAll(/"id":(\d+)7,/g, '"id":-Infinity,"NaN":NaN,');
    const body = Buffer.from(text);
    const { error, pages, rows } = await read(body, 'application/json', {
      json: { nonFinite: 'null' },
    });
    const wanted = JSON.parse(text.replaceAll(/-Infinity|(?<=:)NaN/g, 'null')) as { data: unknown };
    expect(error).toBe(null);
    expect(JSON.stringify(rows)).toBe(JSON.stringify(wanted.data));
    expect(pages).toBeGreaterThan(9);
    expect((await read(body, 'application/json')).error).toContain("nonFinite: 'null'");
  });
});
