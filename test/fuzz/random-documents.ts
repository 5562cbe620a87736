import * as fc from 'fast-check';
import { MOMENTS } from './cell-model.js';
import { plainName } from './name-model.js';
import type { NumberTree, ObjectTree, Tree } from './tree.js';

/** Keys that collide once they are names, that SQL or JavaScript reserves, or that are strange. */
const KEYS = [
  'a',
  'A',
  'a ',
  ' a',
  'a_',
  'ab',
  'aB',
  'a_b',
  'a-b',
  'a b',
  'a__b',
  'b',
  'c',
  'é',
  '日本',
  'ключ',
  '',
  ' ',
  '_',
  '__',
  '1',
  '01',
  '$ref',
  '@type',
  'value',
  'list',
  'select',
  'order',
  'rowid',
  'null',
  '__proto__',
  'constructor',
  'toString',
  "o'k",
  'x"; DROP TABLE things; --',
  'x\u0000y',
  'naïve\n',
  '-dlt_list_idx',
  '_DLT_LOAD_ID',
  '_sluice_row',
  'things',
  '😀',
  'ID',
  'Id',
  'a name of more than sixteen bytes',
  `long ${'k'.repeat(300)}`,
  `longer ${'K-'.repeat(5_000)}`,
  'SELECT',
  'Things',
  'a__b__c',
  'aBC',
  'LIST',
  '\u0000',
  'a__v_text',
  'a__v_bool',
  'a__v_text_2',
  'a__b__v_text',
  'value__v_text',
] as const;

const NUMBERS = [
  '0',
  '-0',
  '-0.0',
  '0.0',
  '1',
  '-7',
  '1.0',
  '1e2',
  '12',
  '0.5',
  '1e-7',
  '1e22',
  '123.456',
  '9007199254740992',
  '9007199254740993',
  '-9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  '-9223372036854775809',
  '18446744073709551616',
  '170141183460469231731687303715884105727',
  '170141183460469231731687303715884105728',
  '-170141183460469231731687303715884105728',
  '123456789012345678901234567890123456789012345',
  '1e18',
  '1e19',
  '1E400',
  '-1e400',
  '1e-400',
  '5e-324',
  '1.7976931348623157e308',
  '0.1000000000000000055511151231257827',
  '9007199254740993.0',
  '9223372036854775807.0',
  '9223372036854775808.0',
  '-9223372036854775808.0',
  '1.7014118346046923e38',
  '170141183460469231731687303715884105727.0',
  '1e38',
  '1e39',
  '0e9999',
  '0.0e-9999',
  '1e99999999999',
  '4.9e-324',
  '2.4703282292062327e-324',
  '1.7976931348623159e308',
  '-9007199254740992',
  '4503599627370497.5',
  '100000000000000000000000e-5',
] as const;

const TEXTS = [
  '',
  'x',
  'yes',
  'true',
  'false',
  '12',
  '007',
  '+7',
  '-0',
  '0',
  '1.5',
  '1.0',
  '1e5',
  'NaN',
  'null',
  '2024-01-02',
  '2024-13-45T00:00:00Z',
  '22:00:00',
  '9223372036854775808',
  '12 bytes long',
  'twelve bytes',
  'thirteen byte',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udc00y',
  '\ud83d\ude00',
  '\ufeff',
  '\u2028',
  '"quoted"',
  "'; DROP TABLE things; --",
  '\\',
  'é'.repeat(6),
  'z'.repeat(5000),
  ...Object.keys(MOMENTS),
];

const number: fc.Arbitrary<NumberTree> = fc
  .oneof(
    { weight: 5, arbitrary: fc.constantFrom(...NUMBERS) },
    { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }).map(String) },
    { weight: 1, arbitrary: fc.integer().map(String) },
    {
      weight: 1,
      arbitrary: fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((one) => JSON.stringify(one)),
    },
  )
  .map((digits) => ({ number: digits }));

const text = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 14 }) },
);

const scalar: fc.Arbitrary<Tree> = fc.oneof(
  { weight: 4, arbitrary: number },
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: fc.constant(null) },
);

function object(keys: fc.Arbitrary<string>, value: fc.Arbitrary<Tree>): fc.Arbitrary<ObjectTree> {
  return fc.array(fc.tuple(keys, value), { maxLength: 5 }).map((members) => ({ members }));
}

/** Values of a document; those of one document share few keys, so that columns meet again. */
function values(keys: fc.Arbitrary<string>, hasInnerLists: boolean): fc.Arbitrary<Tree> {
  return fc.letrec<{ value: Tree }>((tie) => {
    const item = hasInnerLists ? tie('value') : fc.oneof(scalar, object(keys, tie('value')));
    return {
      value: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        { weight: 6, arbitrary: scalar },
        { weight: 1, arbitrary: object(keys, tie('value')) },
        { weight: 1, arbitrary: fc.array(item, { maxLength: 4 }) },
      ),
    };
  }).value;
}

/** How the rows of all runs of a trial look. */
export interface RowsConfig {
  /** Rows have an `id` of few values. */
  hasKey: boolean;
  /** Lists may stand in lists. */
  hasInnerLists: boolean;
  /** Keys may have names like dlt's own columns, or like columns for what does not fit. */
  hasDltNames: boolean;
  runs: number;
}

/** The rows of several runs. */
export function randomRuns({
  hasKey,
  hasInnerLists,
  hasDltNames,
  runs,
}: RowsConfig): fc.Arbitrary<Tree[][]> {
  const keys = KEYS.filter((key) => hasDltNames || !/^_dlt|__v_/.test(plainName(key)));
  return fc.subarray(keys, { minLength: 1, maxLength: 6 }).chain((some) => {
    // A stored hint that a column is JSON knows the column by its name alone.
    const few = hasInnerLists
      ? some
      : [...new Map(some.map((key) => [plainName(key), key])).values()];
    const value = values(fc.constantFrom(...few), hasInnerLists);
    const row = object(fc.constantFrom(...few), value);
    const keyed = fc.tuple(fc.integer({ min: 0, max: 9 }), row).map(([id, { members }]) => ({
      members: [['id', { number: `${id}` }] as const, ...members],
    }));
    // A page of one empty object or scalar is how services write that there is nothing.
    const counted = fc
      .tuple(fc.nat(1_000), row)
      .map(([n, { members }]) => ({ members: [['n', { number: `${n}` }] as const, ...members] }));
    const listed = fc.array(value, { minLength: 2, maxLength: 4 });
    const any: fc.Arbitrary<Tree> = hasKey
      ? keyed
      : fc.oneof(
          { weight: 20, arbitrary: counted },
          { weight: hasInnerLists ? 1 : 0, arbitrary: listed },
        );
    return fc.array(fc.array(any, { minLength: 1, maxLength: 25 }), {
      minLength: runs,
      maxLength: runs,
    });
  });
}
