import { isObservable, lastValueFrom, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import * as main from 'sluice';
import * as operators from 'sluice/operators';
import { startSandbox } from 'sluice/sandbox';
import { assembled } from 'sluice/sources/assembled';
import { coalesce } from 'sluice/sources/coalesce';
import { coassemble } from 'sluice/sources/coassemble';
import * as testing from 'sluice/testing';

type Any = never;

const text = '[{"a":1}]';
const source = (): main.Source =>
  main.restSource({
    name: 's',
    client: { baseUrl: 'http://api.test/', fetch: async () => new Response(text) },
    resources: ['a'],
  });
const open = (config: object = {}): main.Pipeline =>
  main.pipeline({ name: 'p', destination: main.duckdb(':memory:'), ...config });
const rows = of<operators.Rows>({
  page: {
    resource: 'r',
    parent: null,
    index: 0,
    body: new TextEncoder().encode(text),
    rows: { kind: 'array', start: 0, end: 9, count: 1 },
    next: null,
    stamp: null,
    state: null,
  },
  body: new TextEncoder().encode(text),
  span: { kind: 'array', start: 0, end: 9, count: 1 },
});
const { batch, evolve, flatten, fromObjects, processRows, select, transform } = operators;
const memory = main.duckdb(':memory:');
const dltConfig = { client: { base_url: 'http://api.test/' }, resources: ['a'] };

/** Every public function at each of its arguments, and what it takes of the values below. */
const calls: [name: string, call: (value: Any) => unknown, takes?: readonly string[]][] = [
  ['configureSettings', main.configureSettings, ['nothing', 'null', '{}']],
  ['secret', main.secret],
  ['secret’s place', (value) => main.secret('a.b', value)],
  ['setting', main.setting, ['text']],
  ['setting’s kind', (value) => main.setting('a', value), ['nothing', 'null', '[]']],
  ['setting’s place', (value) => main.setting('a', 'text', value), ['nothing', 'null', '{}']],
  ['duckdb', main.duckdb, ['text']],
  ['duckdb’s options', (value) => main.duckdb(':memory:', value), ['nothing', 'null', '{}']],
  ['ducklake', main.ducklake],
  ['ducklake’s catalog', (catalog) => main.ducklake({ catalog }), ['text']],
  ['motherduck', main.motherduck],
  [
    'motherduck’s options',
    (value) => main.motherduck('md:d?motherduck_token=t', value),
    ['nothing', 'null', '{}'],
  ],
  ['postgres', main.postgres],
  [
    'postgres’s options',
    (value) => main.postgres('postgres://h/d', value),
    ['nothing', 'null', '{}'],
  ],
  ['files', main.files, ['text']],
  ['files’s options', (value) => main.files('/tmp', value), ['nothing', 'null', '{}']],
  ['destinationFrom', main.destinationFrom],
  [
    'destinationFrom’s place',
    (value) => main.destinationFrom('a.duckdb', value),
    ['nothing', 'null', '{}'],
  ],
  ['dataset', (value) => main.dataset(value, 'd')],
  ['readSchema', (value) => main.readSchema(value)],
  ['withSchema', (value) => main.withSchema(source(), value)],
  ['dataset’s name', (value) => main.dataset(memory, value), ['text']],
  ['table', (value) => main.dataset(memory, 'd').table(value), ['text']],
  [
    'table’s options',
    (value) => main.dataset(memory, 'd').table('a', value),
    ['nothing', 'null', '{}'],
  ],
  ['load', (value) => main.load(value, { dataset: 'd' })],
  ['load’s options', (value) => main.load(memory, value)],
  [
    'commit of load',
    (value) => main.load(memory, { dataset: 'd', commit: value }),
    ['nothing', 'null', '{}'],
  ],
  ['batchRows', (value) => main.batchRows(value, { columns: [] }), ['[]']],
  ['loadStep', (value) => main.loadStep('append', 'x', value), ['[]']],
  ['recordBatchOf', (value) => main.recordBatchOf(value, 'x')],
  ['withCursors', (value) => main.withCursors(value, 's', [])],
  ['withCursors’ cursors', (value) => main.withCursors({ sources: {} }, 's', value), ['[]']],
  ['Gate', (value) => new main.Gate(value), ['nothing', '5']],
  ['pipeline', main.pipeline],
  ['pipeline’s destination', (value) => open({ destination: value })],
  ['pipeline’s dataset', (value) => open({ dataset: value }), ['nothing', 'null', 'text']],
  ['pipeline’s batch', (value) => open({ batch: value }), ['nothing', 'null', '{}']],
  ['pipeline’s commit', (value) => open({ commit: value }), ['nothing', 'null', '{}']],
  ['run', (value) => open().run(value, { table: 't' }), ['[]', 'a function']],
  ['run’s options', (value) => open().run(source(), value), ['nothing', 'null', '{}']],
  ['run’s signal', (value) => open().run(source(), { signal: value }), ['nothing', 'null']],
  [
    'run’s observe',
    (value) => open().run(source(), { observe: value }),
    ['nothing', 'null', 'a function'],
  ],
  ['run’s table', (value) => open().run([{ a: 1 }], { table: value }), ['text']],
  [
    'run’s columns',
    (value) => open().run([{ a: 1 }], { table: 't', columns: value }),
    ['nothing', 'null', '{}'],
  ],
  [
    'run’s primaryKey',
    (value) => open().run([{ x: 1 }], { table: 't', primaryKey: value }),
    ['nothing', 'null', '[]', 'text'],
  ],
  ['stream', (value) => open().stream(value)],
  ['stream’s options', (value) => open().stream(source(), value), ['nothing', 'null', '{}']],
  ['close', (value) => open().close(value), ['nothing', 'null', '{}']],
  ['rows', (value) => open().dataset().rows(value), ['text']],
  ['query', (value) => open().dataset().query(value), ['text']],
  ['query’s parameters', (value) => open().dataset().query('SELECT 1', value), ['nothing', '[]']],
  ['withResources', (value) => source().withResources(value), ['[]']],
  ['customAuth', main.customAuth, ['a function']],
  [
    'customAuth’s options',
    (value) => main.customAuth(() => undefined, value),
    ['nothing', 'null', '{}'],
  ],
  ['apiKey', main.apiKey, ['nothing', 'null', '{}']],
  ['authOf', main.authOf, ['a function', '{}']],
  ['basic', main.basic, ['nothing', 'text']],
  ['bearer', main.bearer, ['nothing', 'text']],
  ['header', (value) => main.header('x-key', value), ['text']],
  ['oauth2ClientCredentials', main.oauth2ClientCredentials, ['nothing', 'null', '{}']],
  ['oauth2Password', main.oauth2Password, ['nothing', 'null', '{}']],
  ['oauth2RefreshToken', main.oauth2RefreshToken, ['nothing', 'null', '{}']],
  ['sessionToken', main.sessionToken],
  ['cursor', main.cursor, ['nothing', 'null', '{}']],
  ['headerCursor', main.headerCursor, ['nothing', 'null', '{}']],
  ['headerLink', main.headerLink, ['nothing', 'null', '{}']],
  ['jsonLink', main.jsonLink, ['nothing', 'null', '{}']],
  ['offset', main.offset],
  ['pageNumber', main.pageNumber, ['nothing', 'null', '{}']],
  ['endpoint', main.endpoint],
  [
    'endpoint’s client',
    (value) => main.endpoint({ url: 'http://127.0.0.1:9/', client: value }),
    ['nothing', 'null', '{}'],
  ],
  ['httpClient', main.httpClient],
  ['fromDlt', main.fromDlt],
  ['fromDlt’s options', (value) => main.fromDlt(dltConfig, value), ['nothing', 'null', '{}']],
  [
    'isDltConfig',
    main.isDltConfig,
    ['nothing', 'null', '5', 'NaN', 'text', '{}', 'an unknown key', '[]', 'true', 'a function'],
  ],
  ['restSource', main.restSource],
  [
    'restSource’s place',
    (value) => main.restSource({ client: { baseUrl: 'http://x.test/' }, resources: ['a'] }, value),
    ['nothing', 'null', '{}'],
  ],
  ['batch', batch, ['nothing', 'null', '{}']],
  ['rows of batch', (value) => batch({ rows: value }), ['nothing', 'null', '5']],
  ['copyBatch', operators.copyBatch],
  ['tableOf', (value) => operators.tableOf(value, 't'), ['[]']],
  ['tableOf’s name', (value) => operators.tableOf([], value), ['text']],
  ['evolve', evolve, ['nothing', 'null', '{}']],
  ['flatten', flatten],
  ['flatten’s table', (value) => flatten({ table: value }), ['text']],
  ['incremental', operators.incremental],
  ['incremental’s path', (value) => operators.incremental({ cursorPath: value }), ['text']],
  [
    'flatten’s columns',
    (value) => flatten({ table: 't', columns: value }),
    ['nothing', 'null', '{}'],
  ],
  [
    'flatten’s limits',
    (value) => rows.pipe(flatten({ table: 't', limits: value })),
    ['nothing', 'null', '{}'],
  ],
  [
    'flatten’s disposition',
    (value) => flatten({ table: 't', writeDisposition: value }),
    ['nothing', 'null'],
  ],
  ['fromObjects', (value) => fromObjects(value, { resource: 'r' }), ['[]', 'text']],
  ['fromObjects’ options', (value) => fromObjects([[{ a: 1 }]], value)],
  ['select', select, ['nothing', 'null', 'text']],
  ['processRows', (value) => rows.pipe(processRows(value)), ['[]']],
  ['a step of processRows', (value) => processRows([value])],
  ['transform', (value) => rows.pipe(transform(value)), ['a function']],
  [
    'transform’s options',
    (value) => rows.pipe(transform((row) => row, value)),
    ['nothing', 'null', '{}'],
  ],
  [
    'transform’s concurrency',
    (value) => transform((row) => row, { concurrency: value }),
    ['nothing', 'null', '5'],
  ],
  ['destinationChecks', testing.destinationChecks],
  [
    'destinationChecks’s options',
    (value) => testing.destinationChecks(() => memory, value),
    ['nothing', 'null', '{}'],
  ],
  [
    'startSandbox',
    async (value) => await (await startSandbox(value)).close(),
    ['nothing', 'null', '{}'],
  ],
  [
    'startSandbox’s scale',
    async (value) => await (await startSandbox({ rateScale: value })).close(),
    ['nothing', 'null', '5'],
  ],
  ['assembled', assembled],
  ['coalesce', coalesce],
  ['coassemble', coassemble],
];

const values: Record<string, unknown> = {
  nothing: undefined,
  null: null,
  '5': 5,
  NaN: Number.NaN,
  text: 'x',
  '{}': {},
  'an unknown key': { strange: 1 },
  '[]': [],
  true: true,
  'a function': () => 5,
};

const outcome = async (call: (value: Any) => unknown, value: unknown): Promise<string> => {
  try {
    const result = call(value as Any);
    await (isObservable(result) ? lastValueFrom(result, { defaultValue: null }) : result);
    return 'taken';
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === 'ERR_SLUICE_CONFIG' && message.length > 20) return 'a config error';
    // What was given is used, and the work then fails for a reason of its own.
    return code?.startsWith('ERR_SLUICE_') === true ? 'taken' : String(error);
  }
};

describe('every public function takes what it can use, and else raises a config error', () => {
  it.each(calls)('%s', async (name, call, takes = []) => {
    const found: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const [what, value] of Object.entries(values)) {
      found[what] = await outcome(call, value);
      expected[what] = takes.includes(what) ? 'taken' : 'a config error';
    }
    expect({ name, ...found }).toEqual({ name, ...expected });
  });

  it('and each is in the table', () => {
    const tested = calls.map(([name]) => name);
    // Errors are made by sluice, single() takes nothing, and these two take anything.
    const elsewhere = /^(DuckDBInstance|isSluiceError|single|traceOf|.*Error)$/;
    const all = [main, operators, testing].flatMap((module) => Object.keys(module));
    expect(all.filter((name) => !tested.includes(name) && !elsewhere.test(name))).toEqual([]);
  });
});
