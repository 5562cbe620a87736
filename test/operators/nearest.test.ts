import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from '#operators/settings/nearest.js';

const WORDS = ['dataSelector', 'paginator', 'path', 'params', 'primaryKey'];

describe('the nearest word', () => {
  it.each([
    ['another spelling of it', 'data_selector', 'dataSelector'],
    ['another case', 'DATASELECTOR', 'dataSelector'],
    ['a letter too few', 'pagintor', 'paginator'],
    ['a letter too many', 'paramss', 'params'],
    ['two letters swapped', 'apth', 'path'],
    ['a wrong letter', 'primaryKez', 'primaryKey'],
    ['a word more behind it', 'pathTemplate', 'path'],
    ['a word more before it', 'customPaginator', 'paginator'],
  ])('is found for %s', (_what, word, meant) => {
    expect(nearest(word, WORDS)).toBe(meant);
  });

  it.each(['xyz', 'a', '', 'pa', 'selection', 'pathological', 'sympath'])(
    'is none for %j',
    (word) => {
      expect(nearest(word, WORDS)).toBeNull();
      expect(didYouMean(word, WORDS)).toBe('');
    },
  );

  it('is the word itself for every word', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom('a', 'b', 'X', 'Y') }),
        (word) => nearest(word, ['zzzzzzzzzzzzzzzz', word]) === word,
      ),
    );
  });
});
