import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
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
  let failures = 0;
  const { endpoint, objects } = await s3Service((request, answer) => {
    // The answers to the first manifests are lost.
    const isManifest = /\/_sluice\/\d+\.json$/.test(request.url ?? '');
    if (request.method === 'PUT' && isManifest && (failures += 1) <= 2) request.socket.destroy();
    else answer();
  });
  await load({ s3: { ...keys, endpoint }, format: 'jsonl' }, [{ id: 1 }]);
  expect(failures).toBeGreaterThan(2);
  const rows = [...objects].filter(([key]) => key.startsWith('/lake/data/items/'));
  expect(rows.map(([, text]) => JSON.parse(text) as object)).toMatchObject([{ id: 1 }]);
});

it('puts four files at once', async () => {
  const held: (() => void)[] = [];
  let [running, most] = [0, 0];
  const { endpoint, objects } = await s3Service((request, answer) => {
    if (request.method !== 'PUT' || !/\/items/.test(request.url ?? '')) return answer();
    running += 1;
    most = Math.max(most, running);
    held.push(() => {
      running -= 1;
      answer();
    });
    // Nothing goes on before four have come, and then each one as another comes.
    if (held.length >= 4) for (const next of held.splice(0)) next();
  });
  const row = { id: 1, a: [1], b: [1], c: [1], d: [1], e: [1], f: [1], g: [1] };
  await load({ s3: { ...keys, endpoint } }, [row]);
  expect(most).toBe(4);
  expect([...objects.keys()].filter((key) => key.startsWith('/lake/data/items'))).toHaveLength(8);
});

it('removes the folders for temporary files of loads that were killed', async () => {
  const { endpoint } = await s3Service((_, answer) => answer());
  vi.stubEnv('TMPDIR', folder.path('temporary'));
  const rooms = [
    `sluice-stage-${hostname()}_1_1_killed`,
    `sluice-stage-other_1_1_abroad`,
    'sluice-mine',
  ];
  for (const room of rooms) mkdirSync(folder.path(`temporary/${room}`), { recursive: true });
  writeFileSync(folder.path(`temporary/${rooms[0]}/1-0.parquet`), '');
  await load({ s3: { ...keys, endpoint } }, [{ id: 1 }]);
  expect(readdirSync(folder.path('temporary')).sort()).toEqual(rooms.slice(1).sort());
});

/** Loads rows of `items` into a bucket. */
async function load(config: FilesConfig, rows: object[]): Promise<void> {
  const destination = files('s3://lake', { ...config, thread: false });
  onTestFinished(() => destination.close());
  const loading = pipeline({ name: 'shop', destination, dataset: 'data' });
  await loading.run(rows, { table: 'items' });
}

/** A service of S3, which does what is asked and lets `respond` answer. */
async function s3Service(
  respond: (request: IncomingMessage, answer: () => void) => void,
): Promise<{ endpoint: string; objects: Map<string, string> }> {
  const objects = new Map<string, string>();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://s3');
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const isPut = request.method === 'PUT';
      const isTaken = isPut && objects.has(pathname) && request.headers['if-none-match'] === '*';
      const isList = searchParams.has('prefix');
      const isMissing = request.method === 'GET' && !isList && !objects.has(pathname);
      if (isPut && !isTaken) objects.set(pathname, Buffer.concat(parts).toString('latin1'));
      if (request.method === 'DELETE') objects.delete(pathname);
      const prefix = `/lake/${searchParams.get('prefix') ?? ''}`;
      const list = [...objects.keys()].filter((key) => key.startsWith(prefix));
      const body = isList
        ? `<R>${list.map((key) => `<Key>${key.slice('/lake/'.length)}</Key>`).join('')}</R>`
        : Buffer.from(objects.get(pathname) ?? '', 'latin1');
      respond(request, () => response.writeHead(isTaken ? 412 : isMissing ? 404 : 200).end(body));
    });
  });
  const port = await listen(server, '127.0.0.1');
  return { endpoint: `http://127.0.0.1:${port}`, objects };
}

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
