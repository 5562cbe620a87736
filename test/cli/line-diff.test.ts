import { describe, expect, it } from 'vitest';
import { lineDiff } from '#src/cli/line-diff.js';

describe('the difference of two texts', () => {
  it.each([
    ['a\nb', 'a\nb', ''],
    ['a\nb\nc', 'a\nx\nc', ' a\n-b\n+x\n c'],
    ['', 'a', '-\n+a'],
    ['1\n2\n3\n4\n5\n6\n7\n8\n9', '1\n2\n3\n4\n6\n7\n8\n9', ' 3\n 4\n-5\n 6\n 7'],
    ['a\n1\n2\n3\n4\n5\n6\nb', '1\n2\n3\n4\n5\n6', '-a\n 1\n 2\n…\n 5\n 6\n-b'],
  ])('has changed lines with two around them: %j, %j', (before, after, expected) => {
    expect(lineDiff(before, after)).toBe(expected);
  });
});
