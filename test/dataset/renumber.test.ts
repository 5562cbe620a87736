import { describe, expect, it } from 'vitest';
import { renumber } from '#src/dataset/renumber.js';

describe('parameters of a condition', () => {
  it.each([
    ['a = $1 AND b < $2', 2, 'a = $4 AND b < $5'],
    ['a = $2 OR a = $1 OR a = $2', 2, 'a = $5 OR a = $4 OR a = $5'],
    [`a = '$1' AND "$1" = $1`, 1, `a = '$1' AND "$1" = $4`],
    ["a = 'it''s $1' AND b = $1", 1, "a = 'it''s $1' AND b = $4"],
    ['a = $1 -- not $2?\n', 1, 'a = $4 -- not $2?\n'],
    ['a = $1 /* not $2? */', 1, 'a = $4 /* not $2? */'],
    ["a = $$ $1 ' $$ AND b = $1", 1, "a = $$ $1 ' $$ AND b = $4"],
    ['a = $x$ $1 $x$ AND b - 1 / 2 = $1', 1, 'a = $x$ $1 $x$ AND b - 1 / 2 = $4'],
    ["a = E'it\\'s $1)' AND b = $1", 1, "a = E'it\\'s $1)' AND b = $4"],
    ["(a = ')' AND (b)) -- )", 0, "(a = ')' AND (b)) -- )"],
    ['a IS NULL', 0, 'a IS NULL'],
  ])('get the numbers of the whole query: %s', (condition, given, expected) => {
    expect(renumber(condition, given, 3)).toBe(expected);
  });

  it.each([
    ['a = $2', 1, /uses \$2, and 1 parameter was given/],
    ['a = $1', 0, /uses \$1, and no parameter was given/],
    ['a = $0', 1, /uses \$0/],
    ['a = $1', 2, /does not use parameter \$2/],
    ['a = 1) OR (b = 2', 0, /brackets of the condition `a = 1\) OR \(b = 2` do not match/],
    ['f(a', 0, /brackets/],
    ['a = ?', 1, /Write \$1, \$2, …/],
  ])('are refused where they do not fit: %s with %i', (condition, given, message) => {
    expect(() => renumber(condition, given, 0)).toThrow(message);
  });
});
