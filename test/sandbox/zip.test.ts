import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zip } from '#src/sandbox/zip.js';
import { unzip } from './unzip.js';

describe('zip', () => {
  it('gives back every file as it was put in', () => {
    const files = fc.dictionary(
      fc.string({ minLength: 1 }).filter((name) => !/^\d+$|__proto__/.test(name)),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(files, (put) => {
        expect(unzip(zip(put))).toEqual({ ...put });
      }),
    );
  });

  it('makes the same archive every time', () => {
    expect(zip({ a: 'one' })).toEqual(zip({ a: 'one' }));
  });
});
