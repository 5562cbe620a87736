import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillPath, fillQuery, placeholdersIn } from '#src/rest/placeholders.js';
import { joinUrl } from '#src/rest/url.js';

describe('placeholders', () => {
  it('are found in path and query, each once', () => {
    expect(placeholdersIn('a/{resources.runs.id}/b/{resources.runs.id}', { x: '{resources.runs.user.mail}', y: 3, z: ['{resources.runs.id}'] })).toEqual([
      { parent: 'runs', field: 'id' },
      { parent: 'runs', field: 'user.mail' },
    ]);
  });

  it('are not seen in colons, other braces or plain words', () => {
    expect(placeholdersIn('a/:id/{id}/{resources.runs}/resources.runs.id', {})).toEqual([]);
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
    expect(fillPath('runs/{resources.runs.id}/results', { id: id as string }, 'r')).toBe(path);
  });

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /no value/],
    ['null', null, /no value/],
    ['an object', { a: 1 }, /an object or list/],
    ['empty text, which would ask for the whole list', '', /an empty text/],
    ['two dots, which would lead out of the folder', '..', /`\.\.`, which means another folder/],
    ['one dot', '.', /another folder/],
  ])('refuse %s', (_what, id, message) => {
    const fill = (): string => fillPath('runs/{resources.runs.id}', { id: id as string }, 'results');
    expect(fill).toThrow(message);
    expect(fill).toThrow(/^Resource results needs \{resources\.runs\.id\}, and a row of runs has /);
  });

  it('fill a query as they are; the address encodes them', () => {
    const query = fillQuery({ run: '{resources.runs.id}', both: '{resources.runs.id}-x', n: 5 }, { id: 'a&b' }, 'r');
    expect(query).toEqual({ run: 'a&b', both: 'a&b-x', n: 5 });
    expect(joinUrl('http://x', 'p', query).search).toBe('?run=a%26b&both=a%26b-x&n=5');
  });

  it('keep any text one segment of the path, from which the server reads it back', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }).filter((text) => !/^\.{0,2}$/.test(text)), (id) => {
      const { pathname, search, hash } = joinUrl('https://x/v1', fillPath('runs/{resources.runs.id}/results', { id }, 'r'));
      const [, version, runs, segment = '', results, ...more] = pathname.split('/');
      expect([version, runs, decodeURIComponent(segment), results, more.length, search, hash]).toEqual(['v1', 'runs', id, 'results', 0, '', '']);
    }));
  });
});
