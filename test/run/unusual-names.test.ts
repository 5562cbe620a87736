import { describe, expect, it } from 'vitest';
import { duckdb, pipeline, restSource, type RestResource } from 'sluice';

interface Names {
  pipeline?: string;
  dataset?: string;
  source?: string;
  resource?: string;
  tableName?: string;
}

/** Loads these rows under these names; the rows of `table`, in the order of their ids. */
async function loaded(
  names: Names,
  rows: string,
  { table = 't', times = 1 }: { table?: string; times?: number } = {},
): Promise<Record<string, unknown>[]> {
  const { pipeline: name = 'p', dataset = 'ds', resource = 't', tableName } = names;
  const own: RestResource = {
    name: resource,
    ...(tableName !== undefined && { tableName }),
    endpoint: { path: 'rows', dataSelector: '@', paginator: 'single' },
  };
  const source = restSource({
    name: names.source ?? 's',
    client: { baseUrl: 'http://api.test/', fetch: async () => new Response(rows) },
    resources: [own],
  });
  await using shop = pipeline({
    name,
    dataset,
    destination: duckdb(':memory:', { thread: false }),
  });
  for (let i = 0; i < times; i += 1) await shop.run(source);
  return await shop.dataset().query(`SELECT * EXCLUDE (_dlt_id, _dlt_load_id) FROM ${table}`);
}

describe('names that begin as sluice’s own tables do', () => {
  it.each(['_dlt_x', '_sluice_new__t', '_Dlt Loads', '_SluiceNew', ' _dlt x', '_dlt', '_sluice'])(
    'are refused: %j',
    async (name) => {
      const refused = {
        code: 'ERR_SLUICE_CONFIG',
        message: expect.stringContaining('names that begin with _dlt_ or _sluice_') as string,
      };
      await expect(loaded({ resource: name }, '[{"a":1}]')).rejects.toMatchObject(refused);
      await expect(loaded({ tableName: name }, '[{"a":1}]')).rejects.toMatchObject(refused);
    },
  );

  it.each(['dlt_x', '_x', '_dltx', 'sluice', '_sluices'])('only: %j is loaded', async (name) => {
    expect(await loaded({ resource: name }, '[{"a":1}]', { table: name })).toEqual([{ a: 1 }]);
  });
});

describe('names with characters that no database keeps', () => {
  const parts = ['pipeline', 'dataset', 'source', 'resource', 'tableName'] as const;

  const kept = parts.filter((part) => part !== 'dataset');

  it.each(kept.flatMap((part) => ['a\u0000b', 'a\ud800'].map((name) => [part, name] as const)))(
    'are refused before anything is loaded: %s %j',
    async (part, name) => {
      await expect(loaded({ [part]: name }, '[{"a":1}]')).rejects.toMatchObject({
        code: 'ERR_SLUICE_CONFIG',
      });
    },
  );

  it.each(parts)('may have a byte order mark: %s', async (part) => {
    const renamed = part === 'resource' || part === 'tableName';
    const rows = await loaded({ [part]: 'a\ufeffb' }, '[{"a":1}]', {
      table: renamed ? 'a_b' : 't',
    });
    expect(rows).toEqual([{ a: 1 }]);
  });
});

describe('control characters', () => {
  it('stand as their escapes in errors and notices', async () => {
    const notices: string[] = [];
    await using shop = pipeline({ name: 'p', destination: duckdb(':memory:') });
    await expect(
      shop.run([{ id: 1 }], { table: 't', primaryKey: 'a\u0000\u001b[2J' }),
    ).rejects.toThrow('column t.a\\u0000\\u001b[2J must');
    await shop.run([{ id: 1 }], {
      table: 't',
      columns: { 'a\u0000': { dataType: 'text' } },
      observe: (event) => event.kind === 'notice' && notices.push(event.message),
    });
    expect(notices).toEqual([expect.stringContaining('a hint for `a\\u0000`')]);
  });
});

describe('schemas of DuckDB’s own', () => {
  it.each(['information_schema', 'PG_CATALOG'])('take no tables: %s', async (dataset) => {
    await expect(loaded({ dataset }, '[{"a":1}]')).rejects.toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: expect.stringContaining('Give `dataset` another name') as string,
    });
  });
});

describe('keys of rows', () => {
  it('are data: each is kept, whatever it is called, in every load', async () => {
    const keys = [
      'a\u0000b',
      '\u0000',
      '\ufeffbom',
      'bom',
      "it's\u0000",
      '_dlt_load_id',
      '_dlt_parent_id',
      '_sluice_x',
    ];
    const row = JSON.stringify(Object.fromEntries(keys.map((key, i) => [key, i])));
    const rows = await loaded({}, `[${row}]`, { times: 2 });
    expect(rows).toHaveLength(2);
    for (const found of rows)
      expect(
        Object.values(found)
          .map(Number)
          .sort((a, b) => a - b),
      ).toEqual([...keys.keys()]);
  });

  it('may name lists as sluice’s own tables are named', async () => {
    const rows = '[{"_sluice_new__t":[1],"l\\u0000":[2]}]';
    expect(
      await loaded({}, rows, { table: '(SELECT *, 0 AS _dlt_load_id FROM t___sluice_new__t)' }),
    ).toMatchObject([{ value: 1 }]);
  });
});

describe('half a surrogate pair', () => {
  const body = String.raw`[{"id":1,"\ud800":1,"\uD801":2,"\ufffd":3,"l\ud800":[1],"l\ud801":[2],
    "j":{"\ud800":1,"\uD801":2,"\ufffd":3},"v":"x\ud800","ok":"\ud83d\ude00","n":7},{"n":"\udc00"}]`;
  const columns = { j: { dataType: 'json' } } as const;
  it.each([
    [
      'as they are sent',
      (): [unknown, object] => [
        restSource({
          name: 's',
          client: { baseUrl: 'http://api.test/', fetch: async () => new Response(body) },
          resources: [
            { name: 't', columns, endpoint: { path: 't', dataSelector: '@', paginator: 'single' } },
          ],
        }),
        {},
      ],
    ],
    ['as objects', () => [JSON.parse(body), { table: 't', columns }]],
  ])(
    'never makes one key of two, and is reported in keys and values: rows %s',
    async (_, given) => {
      const notices: string[] = [];
      await using shop = pipeline({ name: 'p', destination: duckdb(':memory:') });
      const [source, options] = given();
      await shop.run(source as never, {
        ...(options as { table: string }),
        observe: (event) => event.kind === 'notice' && notices.push(event.message),
      });
      const [row] = await shop.dataset().query('SELECT * FROM t WHERE id = 1');
      expect(row).toMatchObject({ _ud800: 1, _ud801: 2, x: 3, v: 'x\ufffd', ok: '\u{1f600}' });
      expect(JSON.parse((row as { j: string }).j)).toEqual({
        '\\ud800': 1,
        '\\ud801': 2,
        '\ufffd': 3,
      });
      expect(await shop.dataset().tables()).toEqual(['t', 't__l_ud800', 't__l_ud801']);
      const replaced = notices.filter((message) => message.includes('half a surrogate pair'));
      const placesOf = (about: string): Set<string | undefined> =>
        new Set(replaced.map((message) => new RegExp(`${about} (\\S+) `).exec(message)?.[1]));
      expect(placesOf('^A text of')).toEqual(new Set([undefined, 't.j', 't.n', 't.v']));
      expect(placesOf('^The key of (?:table|column)')).toEqual(
        new Set([undefined, 't._ud800', 't._ud801', 't__l_ud800', 't__l_ud801']),
      );
    },
  );

  it('in a cursor ends the list with an error, and is never another cursor', async () => {
    const source = restSource({
      name: 's',
      client: {
        baseUrl: 'http://api.test/',
        fetch: async () => new Response(String.raw`{"data":[{"id":1}],"next":"a\ud800"}`),
      },
      resources: [
        {
          name: 't',
          endpoint: {
            path: 't',
            dataSelector: 'data',
            paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'c' },
          },
        },
      ],
    });
    await using shop = pipeline({ name: 'p', destination: duckdb(':memory:') });
    await expect(shop.run(source)).rejects.toMatchObject({
      code: 'ERR_SLUICE_PAGINATION',
      message: expect.stringContaining('half a surrogate pair') as string,
    });
  });

  it.each([
    ['as they are sent', undefined, ''],
    ['where a row has a key of its own', undefined, ',"_key":"own"'],
    ['behind a step', [{ map: (row: object) => ({ ...row }) }], ''],
  ])('keeps the rows of a map apart, and their keys: %s', async (_, processingSteps, own) => {
    const map = String.raw`{"\ud800":{"a":1},"\uD801":{"a":2},"\ud800":{"a":3},"x":{"a":4${own}}}`;
    const source = restSource({
      name: 's',
      client: { baseUrl: 'http://api.test/', fetch: async () => new Response(map) },
      resources: [
        {
          name: 't',
          writeDisposition: 'merge',
          primaryKey: '_key',
          ...(processingSteps && { processingSteps }),
          endpoint: { path: 't', dataSelector: '@', rows: 'map', paginator: 'single' },
        },
      ],
    });
    await using shop = pipeline({ name: 'p', destination: duckdb(':memory:') });
    await shop.run(source);
    expect(await shop.dataset().query('SELECT a, _key FROM t ORDER BY a')).toEqual([
      { a: 2, _key: String.raw`\ud801` },
      { a: 3, _key: String.raw`\ud800` },
      { a: 4, _key: own === '' ? 'x' : 'own' },
    ]);
  });
});

describe('values', () => {
  it('keep a byte order mark in front, wherever they are read', async () => {
    const mark = '\ufeffa';
    const long = `${mark} and more than twelve bytes`;
    await using shop = pipeline({ name: 'p', destination: duckdb(':memory:') });
    await shop.run([{ id: 1, s: mark, l: long, list: [mark], j: { deep: { s: mark } } }], {
      table: 't',
      maxTableNesting: 2,
    });
    const dataset = shop.dataset();
    const [row] = await dataset.rows('t');
    expect(row).toMatchObject({ s: mark, l: long });
    expect(await dataset.query('SELECT s, [l] AS l, {a: s} AS a FROM t')).toEqual([
      { s: mark, l: [long], a: { a: mark } },
    ]);
    expect(await dataset.query('SELECT value FROM t__list')).toEqual([{ value: mark }]);
  });
});
