import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { duckdb } from 'sluice';
import { type LocalServer, serve } from '../support/local-server.js';
import { type Ended, runSluice } from '../support/run-sluice.js';
import { tempFolder } from '../support/temp-folder.js';

describe('sluice run <file>', () => {
  const folder = tempFolder();
  const write = (name: string, text: string): void => writeFileSync(folder.path(name), text);
  const run = (args: string[], env: Record<string, string> = {}): Promise<Ended> =>
    runSluice(['run', ...args], { cwd: folder.path('.'), env });
  const orders = (): Promise<LocalServer> =>
    serve(({ headers }) =>
      headers.authorization === 'Bearer right'
        ? { json: [{ id: 1 }, { id: 2 }] }
        : { status: 401, json: {} },
    );
  const loaded = async (file: string, table: string): Promise<unknown> =>
    (await duckdb(folder.path(file)).query(`SELECT count(*) AS rows FROM ${table}`))[0];

  const config = (url: string, name?: string): string =>
    `{ ${name === undefined ? '' : `name: '${name}', `}client: { baseUrl: '${url}', auth: bearer() }, resources: ['orders'] }`;
  const token = { SOURCES__SHOP__TOKEN: 'right' };

  it.each<[string, string, (url: string) => string]>([
    [
      'a source of a TypeScript file',
      'any.ts',
      (url) =>
        `import { bearer, restSource, type Source } from 'sluice';\nconst source: Source = restSource(${config(url, 'shop')});\nexport default source;`,
    ],
    [
      'a config of a TypeScript file',
      'shop.mts',
      (url) =>
        `import { bearer, type RestConfig } from 'sluice';\nexport const description = ${config(url)} satisfies RestConfig;\nexport const other: number = 5;`,
    ],
    [
      'what a function resolves to',
      'any.ts',
      (url) =>
        `import { bearer, restSource } from 'sluice';\nexport default async (): Promise<unknown> => restSource(${config(url, 'shop')});`,
    ],
    [
      'what the only export returns',
      'shop.ts',
      (url) =>
        `import { bearer } from 'sluice';\nexport function make(): object { return ${config(url)}; }`,
    ],
    [
      'a source of a module',
      'any.mjs',
      (url) =>
        `import { bearer, restSource } from 'sluice';\nexport default restSource(${config(url, 'shop')});`,
    ],
    [
      'a config of a .js file without a package.json',
      'shop.js',
      (url) =>
        `import { bearer } from 'sluice';\nimport { select } from 'sluice/operators';\nimport 'sluice/opentelemetry';\nimport 'sluice/sandbox';\nimport 'sluice/sources/coalesce';\nif (typeof select !== 'function') throw new Error();\nexport default ${config(url)};`,
    ],
    [
      'a config of a CommonJS file',
      'shop.js',
      (url) => `const { bearer } = require('sluice');\nmodule.exports = ${config(url)};`,
    ],
  ])('loads %s', async (_what, file, text) => {
    const { url } = await orders();
    write(file, text(url));
    expect(await run([file, '--quiet'], token)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await loaded('shop_pipeline.duckdb', 'shop_pipeline_dataset.orders')).toEqual({
      rows: 2,
    });
  });

  it('loads a config of a JSON file under the name of the file', async () => {
    const { url } = await serve(() => ({ json: [{ id: 1 }] }));
    write(
      'my-shop.json',
      `\uFEFF${JSON.stringify({ client: { baseUrl: url }, resources: ['orders'] })}`,
    );
    const { code, stdout } = await run(['my-shop.json', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      pipeline: 'my_shop_pipeline',
      dataset: 'my_shop_pipeline_dataset',
      tables: { orders: 1 },
    });
  });

  it("loads a config in dlt's spelling, and prints its notices", async () => {
    const { url, requests } = await serve(() => ({ json: { data: [{ id: 1 }, { id: 2 }] } }));
    write(
      'my-shop.json',
      JSON.stringify({
        client: { base_url: `${url}/v1`, auth: 'bearer' },
        resource_defaults: { primary_key: 'id' },
        resources: [{ name: 'orders', endpoint: { path: 'v1/orders', data_selector: 'data' } }],
      }),
    );
    const { code, stdout, stderr } = await run(['my-shop.json', '--json'], {
      SOURCES__MY_SHOP__TOKEN: 'right',
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      pipeline: 'my_shop_pipeline',
      tables: { orders: 2 },
    });
    expect(requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/v1/orders', 'Bearer right'],
    ]);
    expect(stderr).toContain('`/v1` is in base_url too; it is requested once');
  });

  it('takes the usual options, and files from other folders', async () => {
    const { url } = await orders();
    mkdirSync(folder.path('sources'));
    write('sources/parts.ts', `export const resources: string[] = ['orders', 'refunds'];`);
    write(
      'sources/shop.ts',
      `import { bearer } from 'sluice';\nimport { resources } from './parts.js';\nexport default { client: { baseUrl: '${url}', auth: bearer() }, resources };`,
    );
    const { code, stdout } = await run(
      [
        'sources/shop.ts',
        '--resources',
        'refunds',
        '--db',
        'x.duckdb',
        '--pipeline',
        'p',
        '--dataset',
        'd',
        '--json',
      ],
      token,
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      pipeline: 'p',
      dataset: 'd',
      tables: { refunds: 2 },
    });
    expect(await loaded('x.duckdb', 'd.refunds')).toEqual({ rows: 2 });
  });

  it('prefers settings of --set over the environment, and rejects those that nothing reads', async () => {
    const { url, requests } = await orders();
    write(
      'shop.ts',
      `import { bearer, setting } from 'sluice';\nexport default { client: { baseUrl: '${url}', auth: bearer() }, resources: [{ name: 'orders', endpoint: { params: { limit: setting('shop.limit', 'number') } } }] };`,
    );
    const set = ['--set', 'token=right', '--set', 'shop.limit=7'];
    const env = { SHOP_PIPELINE__SOURCES__REST_API__SHOP__TOKEN: 'wrong' };
    expect(await run(['shop.ts', ...set], env)).toMatchObject({ code: 0, stderr: '' });
    expect(requests[0]?.query.get('limit')).toBe('7');
    const { code, stderr } = await run(['shop.ts', ...set, '--set', 'pageSize=5'], env);
    expect(code).toBe(2);
    expect(stderr).toContain('--set page_size: shop.ts does not read this setting.');
    expect(requests).toHaveLength(1);
  });

  it("finds settings with the pipeline's name in front, for files and for ready sources", async () => {
    const { url, requests } = await orders();
    write(
      'shop.ts',
      `import { bearer, restSource } from 'sluice';\nexport default restSource(${config(url, 'shop')});`,
    );
    mkdirSync(folder.path('.sluice'));
    write(
      '.sluice/secrets.toml',
      '[nightly.sources.shop.credentials]\ntoken = "right"\n[shop_pipeline]\ntoken = "also"\n[nightly.sources.coalesce]\naccess_token = "right"\n',
    );
    expect((await run(['shop.ts', '--pipeline', 'nightly'])).code).toBe(0);
    expect((await run(['shop.ts'])).code).toBe(1);
    await run([
      'coalesce',
      '--pipeline',
      'nightly',
      '--resources',
      'users',
      '--set',
      `base_url=${url}`,
    ]);
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer right',
      'Bearer also',
      'Bearer right',
    ]);
  });

  it('lets a file add a vault', async () => {
    const { url } = await orders();
    write(
      'shop.ts',
      `import { bearer, configureSettings } from 'sluice';\nconst kept = await Promise.resolve({ 'sources/shop/token': 'right' } as Record<string, string>);\nconfigureSettings({ providers: [{ name: 'vault', get: (path) => kept[path.join('/')] }] });\nexport default ${config(url)};`,
    );
    expect(await run(['shop.ts', '--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it.each<[string, string, string, string | null]>([
    ['a file that is not there', 'nope.ts', '{path} cannot be read: there is no such file.', null],
    ['a folder', 'home.json', '{path} cannot be read: it is a folder.', null],
    ['an empty document', 'a.json', '{path} is empty.', ' '],
    [
      'JSON that is broken',
      'a.json',
      '{path}, line 3: this is not JSON',
      '{\n"a": 1,\n"token": "hush" "b": 2}',
    ],
    [
      'JSON with a comment',
      'a.json',
      '{path}, line 2: this is not JSON (JSON has no comments',
      '{\n// hush\n"a": 1}',
    ],
    ['JSON with a wrong word', 'a.json', '{path}, line 1: this is not JSON', '{"a": tru}'],
    [
      'JSON that is cut',
      'a.json',
      '{path}, line 2: the JSON ends before it is complete.',
      '{"client":\n{"baseUrl": "http',
    ],
    [
      'JSON that is no config',
      'a.json',
      '{path} holds an object with orders, not a source',
      '{"orders": []}',
    ],
    ['a list', 'a.json', '{path} holds a list, not a source', '[]'],
    [
      'a config without a base URL',
      'a.json',
      '{path}: Source `a`: `client.baseUrl`: is missing; it must be text.',
      '{"client": {}, "resources": ["orders"]}',
    ],
    [
      'a config that names nothing to load',
      'a.json',
      '{path}: Source `a`: `resources`: the list is empty; a source needs at least one resource.',
      '{"client": {"baseUrl": "http://127.0.0.1:9"}, "resources": []}',
    ],
    [
      "a wrong config in dlt's spelling",
      'a.json',
      '{path}: Source `a`: `resources[0].endpoint.data_selektor`: unknown key. Did you mean `data_selector`?',
      '{"client": {"base_url": "http://x"}, "resources": [{"name": "a", "endpoint": {"data_selektor": "d"}}]}',
    ],
    [
      'a syntax error in TypeScript',
      'a.ts',
      '{path}, line 2: Unexpected token',
      'const a: string = "hush";\nexport default { a: 1,, };',
    ],
    [
      'a syntax error in JavaScript',
      'a.mjs',
      '{path}, line 1: Unexpected token',
      'export default { a: 1,, };',
    ],
    [
      'an error while it is loaded',
      'a.ts',
      '{path}, line 3: RangeError: no luck',
      'interface A { b: string }\n\nthrow new RangeError("no luck");',
    ],
    [
      'an error in its function',
      'a.mjs',
      '{path}, line 2: no luck',
      'export default () => {\n  throw new Error("no luck");\n};',
    ],
    [
      'a package that is not there',
      'a.ts',
      "{path}, line 1: Cannot find module 'no-such-package'\n",
      "import 'no-such-package';\nexport default 1;",
    ],
    [
      'a config error',
      'a.ts',
      '{path}, line 2: Source `rest_api`: `resources[1]`: `orders` is the name of resources[0] too; each resource needs its own.',
      "import { restSource } from 'sluice';\nexport default restSource({ client: { baseUrl: 'http://127.0.0.1:9' }, resources: ['orders', 'orders'] });",
    ],
    [
      'a missing secret',
      'a.ts',
      '{path}, line 2: Source `shop` needs `token`. Set the environment variable SOURCES__SHOP__TOKEN',
      "import { bearer, restSource } from 'sluice';\nexport default restSource({ name: 'shop', client: { baseUrl: 'http://127.0.0.1:9', auth: bearer() }, resources: ['orders'] });",
    ],
    [
      'no export',
      'a.ts',
      '{path} exports nothing; its default export must be a source (restSource(…)) or a config with `client` and `resources`. Start a program that loads by itself with node.',
      'const a = 1;\nconsole.error(a);',
    ],
    [
      'an export of another kind',
      'a.ts',
      '{path} holds a number, not a source',
      'export default 5;',
    ],
    [
      'several sources',
      'a.ts',
      '{path} exports several sources (a, b)',
      'export const a = { client: {}, resources: [] };\nexport const b = { client: {}, resources: [] };',
    ],
    [
      'a file of another kind',
      'a.yaml',
      'There is no source `a.yaml`. Sources: coassemble, assembled, coalesce. Or give a .ts, .mts, .js, .mjs or .json file.',
      'a: 1',
    ],
  ])(
    'ends with one message, exit code 2 and no stack for %s',
    async (_what, file, message, text) => {
      mkdirSync(folder.path('home.json'));
      if (text !== null) write(file, text);
      const { code, stdout, stderr } = await run([file]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(`sluice: ${message.replace('{path}', folder.path(file))}`);
      expect(stderr).not.toMatch(/\n\s+at /);
      expect(stderr).not.toContain('hush');
    },
  );
});
