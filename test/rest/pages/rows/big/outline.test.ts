import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitsOf } from '#operators/columns/limits.js';
import { outline } from '#src/rest/pages/rows/big/outline.js';

const SLICE = 64 * 1024;
const encoder = new TextEncoder();

interface Outcome {
  counts: readonly number[];
  error: string | null;
  /** Bytes of the largest piece that was read at once. */
  largestRead: number;
}

async function outlineOf(
  body: Uint8Array,
  limits: object = {},
  sliceBytes: number = SLICE,
): Promise<Outcome> {
  let largestRead = 0;
  const read = (from: number, to: number, into?: Uint8Array): Promise<Uint8Array> => {
    largestRead = Math.max(largestRead, to - from);
    const bytes = body.subarray(from, to);
    into?.set(bytes);
    return Promise.resolve(into?.subarray(0, bytes.length) ?? bytes.slice());
  };
  try {
    const { longLists } = await outline(
      { size: body.length, read },
      { limits: limitsOf(limits), sliceBytes },
    );
    return { counts: longLists.map(({ count }) => count), error: null, largestRead };
  } catch (error) {
    return { counts: [], error: (error as Error).message, largestRead };
  }
}

const parts = (count: number): object[] =>
  Array.from({ length: count }, (_, id) => ({ id, name: `näme "${id}"`, list: [[], {}, [id]] }));
const large = encoder.encode(
  JSON.stringify([
    { id: 1, parts: parts(30_000) },
    { id: 2, [`k${'e'.repeat(9)}`]: Object.fromEntries(parts(9_000).map((one, i) => [i, one])) },
    [parts(9_000), parts(1), [parts(6_000)]],
    3,
  ]),
);

describe('a row that is larger than what is read at once', () => {
  it('is checked piece by piece', async () => {
    expect(large.length).toBeGreaterThan(40 * SLICE);
    expect(await outlineOf(large)).toEqual({
      counts: [4],
      error: null,
      largestRead: expect.any(Number) as number,
    });
    expect((await outlineOf(large)).largestRead).toBeLessThanOrEqual(2 * SLICE);
  });

  it('is refused where it is broken as one that is read at once, at the same place', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: large.length - 2 }),
        fc.constantFrom('cut', ...'{}[],:"\\0-e.n\u0001x\u0000'.split('')),
        async (place, how) => {
          const broken = how === 'cut' ? large.slice(0, place) : large.slice();
          if (how !== 'cut') broken[place] = how.charCodeAt(0);
          expect(await errorAt(outlineOf(broken))).toEqual(
            await errorAt(outlineOf(broken, {}, broken.length)),
          );
        },
      ),
      { numRuns: Number(process.env['RUNS'] ?? 40) },
    );
  });

  it('has no more levels than `limits.depth`', async () => {
    const deep = encoder.encode(
      `[{"a":[${'1,'.repeat(200_000)}[[[[1]]]]]},{"b":${JSON.stringify(parts(5_000))}}]`,
    );
    expect((await outlineOf(deep, { depth: 7 })).error).toBe(null);
    const at = deep.indexOf(0x5b, 1_000) + 3;
    expect((await outlineOf(deep, { depth: 6 })).error).toContain(
      `deeper than 6 levels at byte ${at}.`,
    );
    expect((await outlineOf(deep, { depth: 2 })).error).toContain('deeper than 2 levels');
  });

  it('has no more than `limits.rowBytes`, however small that is', async () => {
    const list = encoder.encode(
      JSON.stringify([...parts(5_000), { id: 1, text: 'x'.repeat(500) }]),
    );
    expect((await outlineOf(list, { rowBytes: 600 })).error).toBe(null);
    expect((await outlineOf(list, { rowBytes: 500 })).error).toContain('more than 500 bytes');
    expect((await outlineOf(large, { rowBytes: 1_000_000 })).error).toContain(
      'more than 1,000,000 bytes. Raise `limits.rowBytes`',
    );
  });
});

/** What an error says of the fault and its place; the excerpts differ. */
async function errorAt(outcome: Promise<Outcome>): Promise<string | undefined> {
  return (await outcome).error?.replace(/, after:.*/s, '');
}
