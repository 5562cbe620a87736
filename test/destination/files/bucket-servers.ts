import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac, generateKeyPairSync, verify } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll } from 'vitest';
import { azureBucket } from '#src/destination/stage/azure/azure-bucket.js';
import { bucketClient } from '#src/destination/stage/bucket/bucket-client.js';
import { bucketStore } from '#src/destination/stage/bucket/bucket-store.js';
import type { FileStore } from '#src/destination/stage/file-store.js';
import { gcsBucket } from '#src/destination/stage/gcs/gcs-bucket.js';
import { s3Bucket } from '#src/destination/stage/s3/s3-bucket.js';
import type { FilesConfig } from 'sluice';
import { missingExtensions } from '../../../benchmarks/engines/extensions.js';
import { S3_SERVER, startS3 } from '../../../benchmarks/engines/start-s3.js';

/** A bucket `lake` on a server of its own. */
export interface Bucket {
  name: string;
  /** Its address. */
  url: string;
  config: Pick<FilesConfig, 's3' | 'gcs' | 'azure'>;
  /** What is below a prefix of it. */
  store: (prefix: string) => FileStore;
}

/**
 * Starts servers of buckets for `npm run test:engines`, those that are installed with the extension
 * that reads them (`.ci/engines`), and says which are not.
 */
export async function startBuckets(
  names: readonly string[] = SERVERS.map(({ name }) => name),
): Promise<Bucket[]> {
  if (process.env['ENGINES'] !== 'all') {
    console.warn('Tests on buckets are skipped: `npm run test:engines` runs them.');
    return [];
  }
  const buckets: Bucket[] = [];
  for (const { name, program, extension, start } of SERVERS) {
    if (!names.includes(name)) continue;
    const missing = [
      ...[program].filter((path) => !existsSync(path)),
      ...missingExtensions(extension),
    ];
    if (missing.length > 0)
      console.warn(
        `Tests on ${name} are skipped: ${missing.join(' and ')} is missing (.ci/engines).`,
      );
    else buckets.push({ name, ...(await start()) });
  }
  return buckets;
}

const GCS_SERVER = join(homedir(), 'go/bin/fake-gcs-server');
const AZURE_SERVER = join(homedir(), '.cache/sluice/azurite/node_modules/.bin/azurite-blob');

const SERVERS: readonly {
  name: string;
  program: string;
  extension: string;
  start: () => Promise<Omit<Bucket, 'name'>>;
}[] = [
  { name: 'S3', program: S3_SERVER, extension: 'httpfs', start: startAws },
  { name: 'Google Cloud Storage', program: GCS_SERVER, extension: 'httpfs', start: startGoogle },
  { name: 'Azure', program: AZURE_SERVER, extension: 'azure', start: startAzure },
];

async function startAws(): Promise<Omit<Bucket, 'name'>> {
  const { endpoint, stop } = await startS3();
  afterAll(stop);
  const credentials = { accessKeyId: 'reader', secretAccessKey: 'hush' };
  const service = s3Bucket({ bucket: 'lake', region: 'us-east-1', credentials, endpoint });
  return {
    url: 's3://lake',
    config: { s3: { ...credentials, endpoint } },
    store: (prefix) => bucketStore(service, prefix),
  };
}

async function startGoogle(): Promise<Omit<Bucket, 'name'>> {
  const port = await freePort();
  const server = spawn(
    GCS_SERVER,
    [
      '-backend=memory',
      '-scheme=http',
      '-host=127.0.0.1',
      `-port=${port}`,
      `-public-host=127.0.0.1:${port}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  afterAll(() => void server.kill());
  await said(server, 'stderr', /server started/);
  const endpoint = `http://127.0.0.1:${port}`;
  await fetch(`${endpoint}/storage/v1/b`, { method: 'POST', body: '{"name":"lake"}' });
  const { privateKey, tokenUrl } = await tokenServer();
  const account = { clientEmail: 'loader@example.com', privateKey, tokenUrl };
  const service = gcsBucket({
    bucket: 'lake',
    endpoint,
    credentials: { kind: 'service', ...account },
  });
  return {
    url: 'gs://lake',
    config: { gcs: { ...account, endpoint } },
    store: (prefix) => bucketStore(service, prefix),
  };
}

/** A service that gives tokens to whom has the key. */
async function tokenServer(): Promise<{ privateKey: string; tokenUrl: string }> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const [head, claims, signature = ''] =
        new URLSearchParams(body).get('assertion')?.split('.') ?? [];
      const isRight = verify(
        'RSA-SHA256',
        Buffer.from(`${head}.${claims}`),
        publicKey,
        Buffer.from(signature, 'base64url'),
      );
      response
        .writeHead(isRight ? 200 : 400)
        .end(isRight ? '{"access_token":"hush","expires_in":3599}' : '{"error":"invalid_grant"}');
    });
  });
  afterAll(() => void server.close());
  return { privateKey, tokenUrl: `http://127.0.0.1:${await portOf(server)}/token` };
}

/** The account that Azurite has (learn.microsoft.com/azure/storage/common/storage-use-azurite). */
const account = 'devstoreaccount1';
const accountKey =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

async function startAzure(): Promise<Omit<Bucket, 'name'>> {
  const server = spawn(
    AZURE_SERVER,
    '--blobHost 127.0.0.1 --blobPort 0 --inMemoryPersistence --disableTelemetry --silent'.split(
      ' ',
    ),
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  afterAll(() => void server.kill());
  const [, host] = await said(server, 'stdout', /successfully listens on (\S+)/);
  const endpoint = `${host}/${account}`;
  const service = azureBucket({
    container: 'lake',
    account,
    credentials: { kind: 'key', key: accountKey },
    endpoint,
  });
  await bucketClient(service)(
    { method: 'PUT', path: `/${account}/lake`, query: [['restype', 'container']] },
    { key: '' },
  );
  return {
    url: 'az://lake',
    config: { azure: { accountName: account, accountKey, endpoint } },
    store: (prefix) => bucketStore(service, prefix),
  };
}

/**
 * A signature that gives an hour of all rights on Azurite's account
 * (learn.microsoft.com/rest/api/storageservices/create-account-sas).
 */
export function azureSignature(): string {
  const end = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, '');
  const [rights, services, kinds, version] = ['rwdlac', 'b', 'sco', '2021-12-02'];
  const text = [account, rights, services, kinds, '', end, '', '', version, '', ''].join('\n');
  const sig = createHmac('sha256', Buffer.from(accountKey, 'base64')).update(text).digest('base64');
  return new URLSearchParams({
    sv: version,
    ss: services,
    srt: kinds,
    sp: rights,
    se: end,
    sig,
  }).toString();
}

/** What a pattern finds in the lines that a server writes. */
function said(
  server: ChildProcess,
  to: 'stdout' | 'stderr',
  pattern: RegExp,
): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.on('exit', () => reject(new Error('the server ended')));
    createInterface(server[to] as NodeJS.ReadableStream).on('line', (line) => {
      const found = pattern.exec(line);
      if (found !== null) resolve(found);
    });
  });
}

/** A port that was free. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Lets a server listen; gives its port. */
async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
