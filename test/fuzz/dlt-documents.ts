import * as fc from 'fast-check';
import { PRINTED } from './dlt-cell-model.js';
import type { ObjectTree, Tree } from './tree.js';

/** Keys whose names, and those of what is below them, never meet. */
const KEYS = ['a', 'aB', 'b c', 'é', 'select', '$ref', 'HTMLUrl', "o'k", 'constructor'] as const;

const INTEGERS = ['0', '-0', '1', '-7', '12', '9007199254740993', '-9223372036854775808'];

const TEXTS = ['', 'x', 'yes', 'F', 'true', 'false', '12', ' 7 ', '007', '+7', '-0', '0', '1.5'];

const MORE_TEXTS = ['1e5', '2024-01-02', '22:00:00', '{}', "'; DROP TABLE things; --", '😀\u2028'];

const scalar: fc.Arbitrary<Tree> = fc.oneof(
  fc.constantFrom(...INTEGERS, ...Object.keys(PRINTED)).map((number) => ({ number })),
  fc.constantFrom(...TEXTS, ...MORE_TEXTS),
  fc.constantFrom(true, false, null),
);

/**
 * The rows of several runs, whose values dlt neither refuses nor writes over each other: no numbers
 * beyond 64 bits, no half characters, no two keys of one name, no list in the objects of lists.
 * Each has an `id` of its own within its run.
 */
export function dltRuns(runs: number): fc.Arbitrary<Tree[][]> {
  return fc.subarray([...KEYS], { minLength: 1, maxLength: 5 }).chain((some) => {
    const object = (value: fc.Arbitrary<Tree>): fc.Arbitrary<ObjectTree> =>
      fc
        .uniqueArray(fc.tuple(fc.constantFrom(...some), value), {
          maxLength: 5,
          selector: ([key]) => key,
        })
        .map((members) => ({ members }));
    const list = fc.array(
      fc.oneof(
        scalar,
        object(fc.oneof(scalar, object(scalar))),
        fc.array(scalar, { maxLength: 3 }),
      ),
      { maxLength: 4 },
    );
    const value = fc.oneof(
      { weight: 5, arbitrary: scalar },
      { weight: 1, arbitrary: list },
      { weight: 1, arbitrary: object(fc.oneof(scalar, list)) },
    );
    const rows = fc
      .uniqueArray(fc.tuple(fc.nat(30), object(value)), {
        minLength: 1,
        maxLength: 25,
        selector: ([id]) => id,
      })
      .map((all) =>
        all.map(([id, { members }]): Tree => ({
          members: [['id', { number: `${id}` }], ...members],
        })),
      );
    return fc.array(rows, { minLength: runs, maxLength: runs });
  });
}
