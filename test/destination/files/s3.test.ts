import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DuckdbDestination, files, pipeline } from 'sluice';
import { destinationChecks } from 'sluice/testing';
import { listen } from '../../support/listen.js';
import { startS3 } from './s3-server.js';

const endpoint = await startS3();
const keys = { accessKeyId: 'reader', secretAccessKey: 'hush' };

let roots = 0;
const place = (): string => `s3://lake/raw ${(roots += 1)}/ä+b`;

describe.runIf(endpoint !== null)('files() in a bucket', () => {
  const s3 = { ...keys, ...(endpoint !== null && { endpoint }) };
  const open = (address = place()): DuckdbDestination => {
    const destination = files(address, { s3, thread: false });
    onTestFinished(() => destination.close());
    return destination;
  };
  const load = (
    destination: DuckdbDestination,
    rows: object[],
    writeDisposition = 'append',
  ): unknown =>
    pipeline({ name: 'shop', destination, dataset: 'data' }).run(rows, {
      table: 'items',
      writeDisposition: writeDisposition as 'append',
    });
  const names = async (address: string, table: string): Promise<string[]> => {
    const prefix = `${address.slice('s3://lake/'.length)}/data/${table}/`;
    const query = new URLSearchParams({ 'list-type': '2', prefix }).toString();
    const text = await (await fetch(`${endpoint}/lake?${query}`)).text();
    return [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(
      ([, key = '']) => key.split('/').at(-1) ?? '',
    );
  };

  for (const { name, run } of destinationChecks(() => files(place(), { s3, thread: false })))
    it(name, run);

  it('replaces by a manifest without the old files, which are removed then', async () => {
    const address = place();
    await load(open(address), [{ id: 1 }], 'replace');
    await load(open(address), [{ id: 2 }], 'replace');
    expect(await open(address).dataset('data').rows('items')).toMatchObject([{ id: 2 }]);
    expect(await names(address, 'items')).toHaveLength(1);
    expect(await names(address, '_dlt_loads')).toHaveLength(2);
  });
});

it('refuses a bucket without credentials, and shows none', async () => {
  const { url, requests } = await refusing();
  expect(() => files('s3://lake', { s3: { endpoint: url, secretAccessKey: 'hush' } })).toThrow(
    /needs the credentials of the bucket.*AWS_ACCESS_KEY_ID/,
  );
  const destination = files('s3://lake/raw', { s3: { ...keys, endpoint: url }, thread: false });
  onTestFinished(() => destination.close());
  const run = pipeline({ name: 'shop', destination, dataset: 'data' }).run([{ id: 1 }], {
    table: 'items',
  });
  const { message } = await run.then(
    () => new Error('nothing failed'),
    (error: unknown) => error as Error,
  );
  expect(message).toMatch(
    /GET s3:\/\/lake\/ was refused: 403 SignatureDoesNotMatch: It does not <match>\./,
  );
  expect(message).not.toMatch(/hush|reader/);
  expect(requests).toHaveLength(1);
});

it('asks again where a service fails, and takes a commit for its own whose answer was lost', async () => {
  const objects = new Map<string, string>();
  let failures = 0;
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://s3');
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const isPut = request.method === 'PUT';
      const isTaken = objects.has(pathname) && request.headers['if-none-match'] === '*';
      if (isPut && !isTaken) objects.set(pathname, Buffer.concat(parts).toString('latin1'));
      // The answers to the first manifests are lost.
      if (isPut && pathname.endsWith('.json') && !isTaken && (failures += 1) <= 2)
        request.socket.destroy();
      if (request.method === 'DELETE') objects.delete(pathname);
      const prefix = `/lake/${searchParams.get('prefix') ?? ''}`;
      const list = [...objects.keys()].filter((key) => key.startsWith(prefix));
      const body = searchParams.has('prefix')
        ? `<R>${list.map((key) => `<Key>${key.slice('/lake/'.length)}</Key>`).join('')}</R>`
        : Buffer.from(objects.get(pathname) ?? '', 'latin1');
      const isMissing =
        request.method === 'GET' && !searchParams.has('prefix') && !objects.has(pathname);
      response.writeHead(isTaken ? 412 : isMissing ? 404 : 200).end(body);
    });
  });
  const port = await listen(server, '127.0.0.1');
  const s3 = { ...keys, endpoint: `http://127.0.0.1:${port}` };
  const destination = files('s3://lake', { s3, format: 'jsonl', thread: false });
  onTestFinished(() => destination.close());
  await pipeline({ name: 'shop', destination, dataset: 'data' }).run([{ id: 1 }], {
    table: 'items',
  });
  expect(failures).toBeGreaterThan(2);
  const rows = [...objects].filter(([key]) => key.startsWith('/lake/data/items/'));
  expect(rows.map(([, text]) => JSON.parse(text) as object)).toMatchObject([{ id: 1 }]);
});

/** A service that refuses everything. */
async function refusing(): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    response
      .writeHead(403)
      .end(
        '<Error><Code>SignatureDoesNotMatch</Code><Message>It does not &lt;match&gt;.</Message><AWSAccessKeyId>reader</AWSAccessKeyId></Error>',
      );
  });
  return { url: `http://127.0.0.1:${await listen(server, '127.0.0.1')}`, requests };
}
