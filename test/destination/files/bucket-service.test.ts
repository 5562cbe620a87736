import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { files, type FilesConfig, pipeline } from 'sluice';
import { listen } from '../../support/listen.js';
import { tempFolder } from '../../support/temp-folder.js';

const folder = tempFolder();
const keys = { accessKeyId: 'reader', secretAccessKey: 'hush' };
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (/^(AWS|AZURE|GOOGLE)_/.test(name)) vi.stubEnv(name, '');
  vi.stubEnv('CLOUDSDK_CONFIG', folder.path('.'));
});
afterEach(() => void vi.unstubAllEnvs());

it.each<[string, FilesConfig, RegExp]>([
  [
    's3://lake',
    { s3: { secretAccessKey: 'hush' } },
    /needs the credentials of the bucket.*AWS_ACCESS_KEY_ID/,
  ],
  ['gs://lake', { gcs: { privateKey } }, /needs the credentials of the bucket.*GOOGLE_APPL/],
  ['gs://lake', { gcs: { clientEmail: 'me', privateKey: 'hush' } }, /`privateKey` is a key in PEM/],
  ['az://lake', { azure: { accountName: 'shop' } }, /needs the storage account and its cred/],
  ['az://lake', { azure: { accountKey: 'aHVzaA==' } }, /needs the storage account and its cred/],
  ['az://lake', { azure: { sasToken: 'hush' } }, /`sasToken` is a query with `sig`/],
  [
    'abfss://la;ke@shop.dfs.core.windows.net',
    { azure: keys as object },
    /does not know|unknown|no option/i,
  ],
])('refuses %s with %o', (address, config, message) => {
  expect(() => files(address, config)).toThrow(message);
  expect(() => files(address, config)).not.toThrow(/hush|aHVzaA|PRIVATE KEY-----\n/);
});

const xml = '<Error><Code>Forbidden</Code><Message>It does not &lt;match&gt;.</Message></Error>';
const json = '{"error":{"code":403,"message":"Forbidden: It does not <match>."}}';

it.each<[string, (url: string) => FilesConfig, string, string]>([
  ['s3://lake', (endpoint) => ({ s3: { ...keys, endpoint } }), xml, 's3://lake/'],
  [
    'az://lake',
    (endpoint) => ({ azure: { accountName: 'shop', accountKey: 'aHVzaA==', endpoint } }),
    xml,
    'az://lake/',
  ],
  [
    'abfss://lake@shop.dfs.core.windows.net/raw',
    (endpoint) => ({ azure: { sasToken: '?sv=1&sig=hush', endpoint } }),
    xml,
    'az://lake/',
  ],
  [
    'gcs://lake',
    (endpoint) => ({
      gcs: { clientEmail: 'me', privateKey, tokenUrl: `${endpoint}/token`, endpoint },
    }),
    json,
    'gs://lake/',
  ],
])(
  'says what a service of %s refuses, and shows no credentials',
  async (address, config, body, location) => {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      const isToken = request.url === '/token';
      if (!isToken) requests.push(`${request.headers.authorization ?? ''} ${request.url}`);
      response
        .writeHead(isToken ? 200 : 403)
        .end(isToken ? '{"access_token":"hush","expires_in":3600}' : body);
    });
    const url = `http://127.0.0.1:${await listen(server, '127.0.0.1')}`;
    expect(await messageOf(address, config(url))).toBe(
      `GET ${location} was refused: 403 Forbidden: It does not <match>.`,
    );
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatch(/^AWS4-HMAC-SHA256 |^SharedKey shop:|^Bearer hush|sig=hush/);
  },
);

it('says why no token is given, and asks once', async () => {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.writeHead(400).end('{"error":"invalid_grant","error_description":"Bad account."}');
  });
  const tokenUrl = `http://127.0.0.1:${await listen(server, '127.0.0.1')}/token`;
  const user = { clientId: 'me', clientSecret: 'hush', refreshToken: 'hush' };
  expect(await messageOf('gs://lake', { gcs: { ...user, tokenUrl } })).toBe(
    `No access token was given by ${tokenUrl}: 400 invalid_grant: Bad account.`,
  );
  expect(requests).toBe(1);
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

/** What is said of a load that fails. */
async function messageOf(address: string, config: FilesConfig): Promise<string> {
  const destination = files(address, { ...config, thread: false });
  onTestFinished(() => destination.close());
  const loading = pipeline({ name: 'shop', destination, dataset: 'data' });
  return loading.run([{ id: 1 }], { table: 'items' }).then(
    () => 'nothing failed',
    (error: unknown) => (error as Error).message,
  );
}
