import { channel } from 'node:diagnostics_channel';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { expect, it, onTestFinished } from 'vitest';
import {
  type AuthLike,
  apiKey,
  basic,
  bearer,
  customAuth,
  duckdb,
  oauth2ClientCredentials,
  oauth2Password,
  oauth2RefreshToken,
  pipeline,
  type RestConfig,
  restSource,
  type RunEvent,
  sessionToken,
  traceOf,
} from 'sluice';
import { openTelemetry } from 'sluice/opentelemetry';
import { type ReceivedRequest, type ServedResponse, serve } from '../support/local-server.js';
import { tempFolder } from '../support/temp-folder.js';

const KEY = 'Zq7/x+Kp"9!wT3mVb';
const PASSWORD = 'pA55-w0rd&Long=Enough%42';
const TOKEN = 'tK-81/f+Xy"0_issued';
const COOKIE = 'c00kie-9d1e-value';

/** How a secret may be written. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const wide = Buffer.from(secret, 'utf16le');
  return [
    secret,
    secret.toUpperCase(),
    encodeURIComponent(secret),
    encodeURIComponent(encodeURIComponent(secret)),
    new URLSearchParams([['', secret]]).toString().slice(1),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    Buffer.from(`user:${secret}`).toString('base64'),
    wide.toString('base64'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    wide.toString('hex'),
    JSON.stringify(secret),
    JSON.stringify(JSON.stringify(secret)),
    secret.replaceAll(/./g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`),
    secret.replaceAll(/./g, (one) => `&#${one.charCodeAt(0)};`),
    secret.replaceAll(/(?<=.)/g, '\0'),
    JSON.stringify([...bytes]),
    `${secret}=key&${secret}=token`,
  ];
}

/** Where a text has one of the secrets. */
function shown(text: string, secrets: readonly string[]): string[] {
  const plain = text.replaceAll(/\0|\\+u0000/g, '').toLowerCase();
  return secrets.flatMap((secret) =>
    spellings(secret).filter((one) => plain.includes(one.replaceAll('\0', '').toLowerCase())),
  );
}

const CHANNELS = [
  ...['request', 'wait', 'page', 'skip', 'notice', 'done', 'append', 'commit', 'complete'].map(
    (kind) => `sluice:${kind}`,
  ),
  ...['run', 'page', 'request', 'commit'].flatMap((kind) =>
    ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((on) => `tracing:sluice:${kind}:${on}`),
  ),
];

const text = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : inspect(value, { depth: 12, showHidden: true, maxStringLength: null, maxArrayLength: null });

const folder = tempFolder();

/** All that a run leaves behind and shows, by where it is found. */
async function leftBy(
  client: RestConfig['client'],
  hasFile: boolean,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const note = (where: string, value: unknown): void =>
    void found.set(where, `${found.get(where) ?? ''}\n${text(value)}`);
  for (const name of CHANNELS) {
    const listener = (message: unknown): void => note(name, message);
    channel(name).subscribe(listener);
    onTestFinished(() => {
      channel(name).unsubscribe(listener);
    });
  }
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  const stop = openTelemetry({ tracerProvider: new BasicTracerProvider({ spanProcessors }) });
  const path = folder.path('run');
  mkdirSync(path, { recursive: true });
  const observe = (event: RunEvent): void => note('observe', event);
  {
    await using loading = pipeline({
      name: 'shop',
      destination: duckdb(hasFile ? join(path, 'shop.duckdb') : ':memory:'),
      batch: { rows: 1 },
      commit: { rows: 1 },
    });
    const source = restSource({
      client: { retry: { attempts: 2, baseMs: 1 }, ...client },
      resources: [{ name: 'orders', endpoint: { dataSelector: 'data', paginator: 'jsonLink' } }],
    });
    const ended: unknown = await loading.run(source, { observe }).catch((error: unknown) => error);
    note('result', ended);
    note('result', `${String(ended)} ${JSON.stringify(ended)} ${(ended as Error).stack}`);
    note('trace', JSON.stringify(traceOf(ended)) + String(traceOf(ended)));
    const dataset = loading.dataset();
    const tables = await dataset.query<{ schema: string; name: string }>(
      'SELECT table_schema AS schema, table_name AS name FROM information_schema.tables',
    );
    for (const { schema, name } of tables)
      note(`table ${name}`, await dataset.query(`SELECT * FROM "${schema}"."${name}"`));
  }
  stop();
  for (const { name, attributes, status } of exporter.getFinishedSpans())
    note('spans', { name, attributes, status });
  for (const file of readdirSync(path)) note('files', readFileSync(join(path, file), 'latin1'));
  return found;
}

type Responder = (request: ReceivedRequest, secrets: readonly string[]) => ServedResponse;

const all = (secrets: readonly string[]): string => secrets.flatMap(spellings).join(' ; ');

const REFUSES = 'refuses and repeats them';
const NEXT_LINK = 'has them in its next link, and fails there';
/** What is tried with each client, and the clients with which everything is: loads take long. */
const ALWAYS = [REFUSES, NEXT_LINK];
const EVERYTHING = ['a key in the query', 'client credentials'];

/** What a server does that tells a client its own secrets. */
const RESPONSES: Readonly<Record<string, Responder>> = {
  [REFUSES]: (_, secrets) => ({ status: 400, text: all(secrets) }),
  'refuses and repeats them in JSON': ({ url, headers }, secrets) => ({
    status: 401,
    json: { url, headers, all: secrets.map(spellings) },
  }),
  'sends broken JSON with them': (_, secrets) => ({ text: `{"data": [ ${all(secrets)}` }),
  'has them where rows should be': (_, secrets) => ({ json: { data: all(secrets) } }),
  [NEXT_LINK]: ({ query, headers }, [secret = '']) =>
    query.has('after')
      ? { status: 500, text: JSON.stringify(headers) }
      : {
          headers: { 'set-cookie': `sid=${COOKIE}` },
          json: {
            data: [{ id: 1 }],
            next: `/orders?after=1&k=${encodeURIComponent(secret)}&access_token=${encodeURIComponent(secret)}`,
          },
        },
};

const AUTHS: Readonly<
  Record<string, (url: string) => { client: object; secrets: readonly string[] }>
> = Object.fromEntries(
  Object.entries<[(url: string) => AuthLike, ...string[]]>({
    'a key in the query': [() => apiKey({ name: 'k', key: KEY, location: 'query' }), KEY],
    'a key in a header': [() => apiKey({ name: 'x-k', key: KEY }), KEY],
    bearer: [() => bearer(KEY), KEY],
    basic: [() => basic('user', PASSWORD), PASSWORD],
    'client credentials': [
      (url) =>
        oauth2ClientCredentials({
          accessTokenUrl: `${url}/token`,
          clientId: 'me',
          clientSecret: PASSWORD,
          clientAuth: 'basic',
        }),
      PASSWORD,
      TOKEN,
    ],
    'a password grant': [
      (url) =>
        oauth2Password({
          accessTokenUrl: `${url}/token`,
          clientId: 'me',
          clientSecret: KEY,
          username: 'user',
          password: PASSWORD,
        }),
      KEY,
      PASSWORD,
      TOKEN,
    ],
    'a refresh token': [
      (url) =>
        oauth2RefreshToken({
          accessTokenUrl: `${url}/token`,
          clientId: 'me',
          clientSecret: KEY,
          refreshToken: PASSWORD,
        }),
      KEY,
      PASSWORD,
      TOKEN,
    ],
    'a session': [
      () =>
        sessionToken({
          login: { path: '/token', json: { username: 'user', password: PASSWORD } },
          tokenPath: 'access_token',
        }),
      PASSWORD,
      TOKEN,
    ],
    'a function': [
      () =>
        customAuth(
          ({ url, headers }) => {
            url.searchParams.set('q', KEY);
            headers['x-own'] = encodeURIComponent(PASSWORD);
          },
          { secrets: [KEY, PASSWORD] },
        ),
      KEY,
      PASSWORD,
    ],
    'a function that throws them': [
      () =>
        customAuth(
          () => {
            const config = { headers: { authorization: KEY }, list: [KEY] };
            throw Object.assign(new Error(`bad ${KEY}`, { cause: { key: KEY } }), { config });
          },
          { secrets: [KEY] },
        ),
      KEY,
    ],
  }).map(([name, [auth, ...secrets]]) => [
    name,
    (url: string) => ({ client: { auth: auth(url) }, secrets }),
  ]),
);
const CLIENTS: typeof AUTHS = {
  ...AUTHS,
  'a header of the client': () => ({
    client: { headers: { 'x-auth-token': KEY } },
    secrets: [KEY],
  }),
  'a proxy': () => ({
    client: { proxy: `http://me:${encodeURIComponent(PASSWORD)}@127.0.0.1:9` },
    secrets: [PASSWORD],
  }),
};

it.each(Object.keys(CLIENTS))(
  'secrets of %s are nowhere after failures that repeat them',
  async (name) => {
    for (const [what, respond] of Object.entries(RESPONSES)) {
      if (!EVERYTHING.includes(name) && !ALWAYS.includes(what)) continue;
      let secrets: readonly string[] = [];
      const server = await serve((request) =>
        request.path === '/token'
          ? { json: { access_token: TOKEN, expires_in: 3600, refresh_token: PASSWORD } }
          : respond(request, secrets),
      );
      const { client, secrets: own } = (CLIENTS[name] as (typeof CLIENTS)[string])(server.url);
      secrets = own;
      const hasFile = EVERYTHING.includes(name) && what === NEXT_LINK;
      const left = await leftBy({ ...client, baseUrl: server.url }, hasFile);
      const found = [...left].flatMap(([where, value]) =>
        shown(value, [...own, COOKIE]).map((one) => `${what}, ${where}: ${one}`),
      );
      expect(found).toEqual([]);
      expect(left.get('result')).toMatch(/Error/);
    }
  },
);
