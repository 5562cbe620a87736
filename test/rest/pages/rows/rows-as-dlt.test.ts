import { describe, expect, it } from 'vitest';
import { placesAsDlt, rowsAsDlt } from '#src/rest/pages/rows/rows-as-dlt.js';
import { duckdb, type Json, pipeline, type RestEndpoint, restSource } from 'sluice';
import { serve } from '../../../support/local-server.js';

interface Found {
  rows: Json;
  isMissing: boolean;
  notice: string | null;
}

/** The rows of a body, as text between brackets where they are elements of a list. */
function rowsOf(body: Json, selector: string | null = null, index = 0): Found {
  const {
    body: read,
    span,
    isMissing,
    notice,
  } = rowsAsDlt(
    new TextEncoder().encode(JSON.stringify(body)),
    { dataSelector: selector === null ? null : [selector], limits: {} },
    { places: placesAsDlt(), index, paths: [] },
  );
  const text = new TextDecoder().decode(read.subarray(span.start, span.end));
  return { rows: text === '' ? [] : (JSON.parse(text) as Json), isMissing, notice };
}

describe("the rows of a response with dlt's rules", () => {
  it.each<[what: string, body: Json, selector: string, rows: Json]>([
    ['are the elements of the list at the path', { a: { b: [1, 2] } }, 'a.b', [1, 2]],
    ['are one where an object is there', { a: { id: 1 } }, 'a', { id: 1 }],
    ['are one where a scalar is there', { a: false }, 'a', false],
    ['are one where an empty object is there', { a: {} }, 'a', {}],
    ['are none where null is there', { a: null }, 'a', []],
    ['are each a match where several match', { a: [{ b: [1] }, { b: 2 }] }, 'a[*].b', [[1], 2]],
    ['are nulls too where several match', { a: [null, 1] }, 'a[*]', [null, 1]],
    ['are the elements of the list that alone matches', { a: [{ b: [1, 2] }] }, 'a[*].b', [1, 2]],
    ['are none where null alone matches', { a: [null] }, 'a[*]', []],
    ['are the values of an object behind a wildcard', { a: { x: 1, y: 2 } }, 'a.*', [1, 2]],
  ])('%s', (_what, body, selector, rows) => {
    expect(rowsOf(body, selector)).toEqual({ rows, isMissing: false, notice: null });
  });

  it.each(['data', 'data[*].id'])(
    'are none where nothing is at `%s`, with a notice once',
    (path) => {
      const first = rowsOf({ items: [] }, path);
      expect(first).toMatchObject({ rows: [], isMissing: true });
      expect(first.notice).toContain(`\`dataSelector\` is \`${path}\``);
      expect(first.notice).toMatch(/It counts as no rows, as in dlt\.$/);
      expect(rowsOf({ items: [] }, path, 1)).toEqual({ rows: [], isMissing: true, notice: null });
    },
  );
});

describe("the place of rows with dlt's rules", () => {
  const placeOf = (...bodies: Json[]): (string | null)[] => {
    const places = placesAsDlt();
    return bodies.map((body) => places.of(new TextEncoder().encode(JSON.stringify(body))));
  };

  it.each<[what: string, body: Json, place: string]>([
    ['a list itself', [1], '@'],
    ['an object without lists', { a: { b: 1 } }, '@'],
    ['the first list with a usual name', { ids: [], a: { rows: [] }, data: [] }, 'a.rows'],
    ['the first list where none has a usual name', { a: { b: [] }, c: [] }, 'a.b'],
    ['a list of errors as any other', { errors: [], users: [] }, 'errors'],
    ['a list three keys deep', { a: { b: { c: [] } } }, 'a.b.c'],
    ['all of it where the list is deeper', { a: { b: { c: { data: [] } } } }, '@'],
    ['a usual name in its own case alone', { x: [], Data: [] }, 'x'],
  ])('is %s', (_what, body, place) => {
    expect(placeOf(body)).toEqual([place]);
  });

  it('is that of the first page on every page', () => {
    expect(placeOf({ a: [] }, { data: [] })).toEqual(['a', 'a']);
  });
});

it.each<[what: string, endpoint: RestEndpoint, ids: Json]>([
  ['rows of a map', { dataSelector: 'people', rows: 'map', key: 'id' }, ['p1', 'p2']],
  ['the first path that is there', { dataSelector: ['none', 'list'] }, ['l1']],
])("options that dlt lacks work with compat 'dlt' as well: %s", async (_what, endpoint, ids) => {
  const server = await serve(() => ({
    json: { people: { p1: { n: 1 }, p2: { n: 2 } }, list: [{ id: 'l1' }] },
  }));
  const source = restSource({
    client: { baseUrl: server.url },
    resources: [{ name: 'people', endpoint: { ...endpoint, paginator: 'single' } }],
  });
  await using loading = pipeline({
    name: 'maps',
    destination: duckdb(':memory:'),
    compat: 'dlt',
  });
  await loading.run(source);
  const rows = await loading.dataset().query('SELECT id FROM maps_dataset.people ORDER BY id');
  expect(rows.map((row) => row['id'])).toEqual(ids);
});
