import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinUrl } from '#src/rest/http/url.js';
import {
  fill,
  fillPath,
  fillText,
  sentAt,
  type LookUp,
  placeholdersIn,
} from '#src/rest/resources/placeholders.js';
import type { Json } from 'sluice/operators';

const RUN = '{resources.runs.id}';
const of =
  (id: unknown): LookUp =>
  ({ parent, field }) =>
    parent === 'runs' && field === 'id' ? (id as Json) : undefined;
const runs = (field: string) => ({ from: 'resources', parent: 'runs', field });

describe('placeholders', () => {
  it('are found at any depth, keys of objects among them, each once', () => {
    expect(
      placeholdersIn(
        `a/${RUN}/b/${RUN}`,
        {
          x: '{resources.runs.user.mail}',
          y: 3,
          z: [RUN],
          [`k${RUN}`]: { deep: ['{window.start}'] },
        },
        '{incremental.start_value}',
        undefined,
      ),
    ).toEqual([
      runs('id'),
      runs('user.mail'),
      { from: 'window', parent: null, field: 'start' },
      { from: 'incremental', parent: null, field: 'startValue' },
    ]);
  });

  it.each([
    'a/:id/{id}/resources.runs.id',
    '{{resources.runs.id}}',
    'query { viewer { id } }',
    '{"a":{"b":1}}',
  ])('are not seen in %s', (text) => {
    expect(placeholdersIn(text)).toEqual([]);
    expect(fillText(text, of(1), 'r')).toBe(
      text.replace('{{', '{').replace(/\}\}$/, text.startsWith('{{') ? '}' : '}}'),
    );
  });

  it('without a field are refused', () => {
    expect(() => placeholdersIn('{resources.runs}')).toThrow(
      '{resources.runs} lacks a field. Write {resources.<resource>.<field>}.',
    );
  });

  it.each<[string, unknown, string]>([
    ['a number', 7, 'runs/7/results'],
    ['an integer beyond 2^53', 12345678901234567890n, 'runs/12345678901234567890/results'],
    ['a mail', 'a+b@x.org', 'runs/a%2Bb%40x.org/results'],
    ['slashes and question marks', 'a/b?c#d', 'runs/a%2Fb%3Fc%23d/results'],
    ['colons', 'a:b:1', 'runs/a%3Ab%3A1/results'],
    ['a percent sign', '100%', 'runs/100%25/results'],
    ['a boolean', false, 'runs/false/results'],
    ['dots within a name', 'v1..2', 'runs/v1..2/results'],
  ])('fill %s into a path, percent-encoded', (_what, id, path) => {
    expect(fillPath(`runs/${RUN}/results`, of(id), 'r')).toBe(path);
  });

  it('with a plus keep the slashes of a value as slashes of the path, and nothing else', () => {
    const plus = `runs/${RUN.replace('{', '{+')}/results`;
    expect(fillPath(plus, of('dlt-hub/dlt'), 'r')).toBe('runs/dlt-hub/dlt/results');
    expect(fillPath(plus, of('a?b#c/d e'), 'r')).toBe('runs/a%3Fb%23c/d%20e/results');
    expect(() => fillPath(plus, of('a/../secret'), 'r')).toThrow(/another folder/);
    expect(() => fillPath(plus, of(''), 'r')).toThrow(/an empty text/);
  });

  it('with a plus keep percent escapes, and the query of a link that is the whole path', () => {
    const plus = RUN.replace('{', '{+');
    expect(fillPath(`f/${plus}`, of('a%20b%/c'), 'r')).toBe('f/a%20b%25/c');
    expect(fillPath(plus, of('/f/a%20b?x=%2F+y#z'), 'r')).toBe('/f/a%20b?x=%2F+y');
    expect(fillPath(`f/${plus}`, of('/f?x=1'), 'r')).toBe('f//f%3Fx%3D1');
    expect(() => fillPath(plus, of('/f/%2E./g'), 'r')).toThrow(/another folder/);
  });

  it('become a whole address where they are the whole path', () => {
    expect(fillPath(RUN, of('https://api.example.com/runs/7?x=1'), 'r')).toBe(
      'https://api.example.com/runs/7?x=1',
    );
    expect(fillPath(`x/${RUN}`, of('https://api.example.com'), 'r')).toBe(
      'x/https%3A%2F%2Fapi.example.com',
    );
  });

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /no value/],
    ['null', null, /no value/],
    ['an object', { a: 1 }, /an object or list/],
    ['empty text, which would request the whole list', '', /an empty text/],
    ['two dots, which would lead out of the folder', '..', /`\.\.`, which means another folder/],
    ['one dot', '.', /another folder/],
  ])('refuse %s', (_what, id, message) => {
    const filled = (): string => fillPath(`runs/${RUN}`, of(id), 'results');
    expect(filled).toThrow(message);
    expect(filled).toThrow(
      /^Resource results needs \{resources\.runs\.id\}, and a row of runs has /,
    );
  });

  it('keep the type of a value that is all there is, at any depth, and are text in other text and in keys', () => {
    expect(
      fill(
        { id: RUN, list: [RUN, `#${RUN}`], [RUN]: { n: 1 }, flag: true, none: null },
        of(7),
        'r',
      ),
    ).toEqual({ id: 7, list: [7, '#7'], 7: { n: 1 }, flag: true, none: null });
    expect(fill({ ids: RUN }, of([1, 2]), 'r')).toEqual({ ids: [1, 2] });
  });

  it('fill a query as they are, lists too; the address encodes them', () => {
    const query = fill({ run: RUN, both: `${RUN}-x`, n: 5, many: [RUN, 'x'] }, of('a&b'), 'r');
    expect(query).toEqual({ run: 'a&b', both: 'a&b-x', n: 5, many: ['a&b', 'x'] });
    expect(joinUrl('http://x', 'p', query as Record<string, string>).search).toBe(
      '?run=a%26b&both=a%26b-x&n=5&many=a%26b&many=x',
    );
  });

  it('keep any text one segment of the path, from which the server reads it back', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((text) => !/^\.{0,2}$/.test(text)),
        (id) => {
          const { pathname, search, hash } = joinUrl(
            'https://x/v1',
            fillPath(`runs/${RUN}/results`, of(id), 'r'),
          );
          const [, version, first, segment = '', results, ...more] = pathname.split('/');
          expect([
            version,
            first,
            decodeURIComponent(segment),
            results,
            more.length,
            search,
            hash,
          ]).toEqual(['v1', 'runs', id, 'results', 0, '', '']);
        },
      ),
    );
  });

  it('never make a path repeat the base, whatever their value', () => {
    const path = '/{resources.runs.id}/b';
    expect(joinUrl('https://x/v1', fillPath(path, of('v1'), 'r'), {}, path).pathname).toBe(
      '/v1/v1/b',
    );
  });
});

describe('sentAt', () => {
  it.each<[string, unknown]>([
    ['a.b', 1],
    ['list[1].c', 2],
    ['list[*].c', 1],
    ['missing', undefined],
    ['a.b.c', undefined],
    ['toString', undefined],
    ['a.constructor.name', undefined],
    ['nothing', null],
  ])('finds the first value at %s', (path, value) => {
    expect(sentAt({ a: { b: 1 }, list: [{ c: 1 }, { c: 2 }], nothing: null }, path)).toEqual(value);
  });
});
