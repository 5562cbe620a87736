import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bodyCopies } from '#operators/columns/body-copies.js';
import { duckdb, pageNumber, pipeline, restSource } from 'sluice';
import { serve, type ServedResponse } from '../../../support/local-server.js';
import { tempFolder } from '../../../support/temp-folder.js';

const PAGES = 3;

/** A page of many chunks, with times, whose exact text is kept until their columns are known. */
function body(page: number): Buffer {
  const rows = Array.from({ length: 2_000 }, (_, i) => ({
    id: page * 2_000 + i,
    at: '2026-01-02T03:04:05Z',
    note: `row ${i} of page ${page}, with a text that takes some room on the wire`,
    tags: [{ tag: 'a' }],
  }));
  return Buffer.from(JSON.stringify({ data: rows }));
}

const ways: Record<string, (body: Buffer) => ServedResponse> = {
  'with a length': (text) => ({ text, headers: { 'content-length': String(text.length) } }),
  'in chunks': (text) => ({ text, headers: { 'transfer-encoding': 'chunked' } }),
  compressed: (text) => ({ text: gzipSync(text), headers: { 'content-encoding': 'gzip' } }),
};

describe('a load', () => {
  const folder = tempFolder();

  it.each(Object.keys(ways))('writes no byte of a body that comes %s twice', async (way) => {
    const bodies = Array.from({ length: PAGES }, (_, page) => body(page));
    const { url } = await serve(({ query }) =>
      (ways[way] as (typeof ways)[string])(bodies[Number(query.get('page'))] as Buffer),
    );
    const source = restSource({
      name: 'copied',
      client: { baseUrl: url },
      resources: [
        {
          name: 'rows',
          endpoint: {
            path: 'rows',
            dataSelector: 'data',
            paginator: pageNumber({ maximumPage: PAGES }),
          },
        },
      ],
    });
    const loading = pipeline({
      name: 'copied',
      destination: duckdb(folder.path(`${way.replaceAll(' ', '-')}.duckdb`)),
    });
    const before = bodyCopies.bytes;
    const info = await loading.run(source);
    expect(info.tables).toMatchObject({ rows: PAGES * 2_000, rows__tags: PAGES * 2_000 });
    const sent = bodies.map((one) => (ways[way] as (typeof ways)[string])(one).text as Buffer);
    // What comes compressed is written as it was sent and decompressed.
    const written = way === 'compressed' ? [...sent, ...bodies] : sent;
    expect(bodyCopies.bytes - before).toBe(written.reduce((sum, { length }) => sum + length, 0));
    await loading.close();
  });
});
