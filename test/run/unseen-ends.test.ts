import { expect, it } from 'vitest';
import { duckdb, pipeline, restSource } from 'sluice';
import { serveRaw } from '../support/raw-server.js';

/** The verdict on a list, and what it ends with, whose one response is sent as these bytes. */
async function verdictOn(
  format: 'json' | 'ndjson' | 'text',
  body: string,
  { headers = '', isCut = false }: { headers?: string; isCut?: boolean } = {},
): Promise<unknown[]> {
  const { url } = await serveRaw((socket) =>
    socket.end(`HTTP/1.0 200 OK\r\n${headers}\r\n${isCut ? body.slice(0, -4) : body}`),
  );
  await using own = pipeline({ name: 'p', destination: duckdb(':memory:') });
  const source = restSource({
    client: { baseUrl: url, retry: { attempts: 1 } },
    resources: [{ name: 'lines', endpoint: { path: 'lines', format, paginator: 'single' } }],
  });
  const { resources } = await own.run(source);
  return resources.map(({ verdict, reasons }) => [verdict, ...reasons]);
}

const LINES = '{"id":1}\n{"id":2}\n';
const UNSEEN = expect.stringMatching(
  /^only the close of its connection told where a response ended/,
);
const PROVEN = [['complete']];

it('is in doubt whether a response is whole where the close of its connection alone ends it', async () => {
  expect(await verdictOn('ndjson', LINES)).toEqual([['unproven', UNSEEN]]);
  expect(await verdictOn('text', 'one\ntwo\n')).toEqual([['unproven', UNSEEN]]);
});

it('is no doubt where its length is stated, or where its format has an end', async () => {
  const headers = `content-length: ${LINES.length}\r\n`;
  expect(await verdictOn('ndjson', LINES, { headers })).toEqual(PROVEN);
  expect(await verdictOn('json', '[{"id":1},{"id":2}]')).toEqual(PROVEN);
});

it('is an error where the last line, or the document, is half there', async () => {
  await expect(verdictOn('ndjson', LINES, { isCut: true })).rejects.toThrow(/before the JSON does/);
  await expect(verdictOn('json', '[{"id":1},{"id":2}]', { isCut: true })).rejects.toThrow(
    /before the JSON does/,
  );
});
