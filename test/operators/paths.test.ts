import { array, assert, constantFrom, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathOf, readings, segments } from '#operators/json/paths.js';

describe('the keys of a path', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['@', []],
    ['$', []],
    ['a', ['a']],
    ['a.b', ['a', 'b']],
    ['$.a.b', ['a', 'b']],
    ['@.a', ['a']],
    ["$['a.b'].c", ['a.b', 'c']],
    ['a[0].b', ['a', '0', 'b']],
    ['[0].b', ['0', 'b']],
    ['a[*].b', ['a', '*', 'b']],
    ['*.b', ['*', 'b']],
    ["'a.b'", ['a.b']],
    ["'a.b'.c", ['a.b', 'c']],
    ['"a.b".c', ['a.b', 'c']],
    ['["a.b"]', ['a.b']],
    ['a["b.c"].d', ['a', 'b.c', 'd']],
    ["a['b.c'].d", ['a', 'b.c', 'd']],
    ['a.["b"]', ['a', 'b']],
    ['["it\'s"]', ["it's"]],
    ['["a\\"b"]', ['a"b']],
    ["it's.b", ["it's", 'b']],
    ['$metadata.next', ['$metadata', 'next']],
    ['filter[name].x', ['filter[name]', 'x']],
    ['a.', ['a', '']],
  ])('%s', (path, keys) => {
    expect(segments(path)).toEqual(keys);
  });
});

describe('the readings of a path', () => {
  it.each<[string, string[][]]>([
    ['@', [[]]],
    ['a', [['a']]],
    ['a.b', [['a.b'], ['a', 'b']]],
    ['@odata.nextLink', [['@odata.nextLink'], ['@odata', 'nextLink']]],
    [
      'd.@odata.next',
      [['d.@odata.next'], ['d.@odata', 'next'], ['d', '@odata.next'], ['d', '@odata', 'next']],
    ],
    ["'a.b'", [["'a.b'"], ['a.b']]],
    ['$.a.b', [['$.a.b'], ['a.b'], ['a', 'b']]],
    ['a["b.c"].d', [['a["b.c"].d'], ['a', 'b.c', 'd']]],
    ['a.*.b', [['a.*.b'], ['a', '*', 'b']]],
  ])('%s', (path, ways) => {
    expect(readings(path)).toEqual(ways);
  });

  it('are few where there are many dots', () => {
    expect(readings('a.b.c.d.e.f').length).toBe(32);
    expect(readings(Array.from({ length: 40 }, () => 'a').join('.')).length).toBe(2);
  });
});

describe('a path made of keys', () => {
  it('reads as these keys', () => {
    const characters = Array.from('ab.[]\'"\\*@$0 ');
    const key = string({ unit: constantFrom(...characters) });
    assert(
      property(array(key, { minLength: 1 }), (keys) => {
        expect(segments(pathOf(keys))).toEqual(keys);
      }),
    );
  });
});
