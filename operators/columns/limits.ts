import { groupedDigits } from '../settings/grouped-digits.js';
import { type Fields, record, type RecordShape, type Shape } from '../settings/shape.js';

/** Limits on what a page may hold; each is checked before memory is taken. */
export interface Limits {
  /** Tables that one resource may have. @default 1,000 */
  tables: number;
  /** Columns of one table. @default 10,000 */
  columns: number;
  /**
   * Levels of arrays and objects in a document, at most 10,000. The walk needs the stack for them:
   * Node's own is enough for about 2,000, `--stack-size` raises it. @default 1,000
   */
  depth: number;
  /** Bytes of linear memory: the page and its columns. @default 1 GiB, at most 3 GiB */
  bytes: number;
  /**
   * Bytes of one row, or of one value beside the rows, in a response that is read in slices: one
   * above a 64th of the pipeline's `memory`, 32 MiB without it. Rows of a response that is in
   * memory whole are not measured; `bytes` bounds them. @default 256 MiB
   */
  rowBytes: number;
}

const DEFAULTS: Limits = {
  tables: 1_000,
  columns: 10_000,
  depth: 1_000,
  bytes: 1024 ** 3,
  rowBytes: 256 * 1024 ** 2,
};

/** Limits that a user sets, key by key; each from 1 to the most that is possible. */
export const limitFields: Fields<Partial<Limits>> = {
  tables: upTo(1e6),
  columns: upTo(1e6),
  depth: upTo(10_000),
  bytes: upTo(3 * 1024 ** 3),
  rowBytes: upTo(3 * 1024 ** 3),
};
export const limitsShape: RecordShape<Partial<Limits>> = record<Partial<Limits>>(
  'limits',
  limitFields,
);

/** Fills in the defaults of limits that were checked (`limitsShape`). */
export function limitsOf(limits: Partial<Limits> = {}): Limits {
  return { ...DEFAULTS, ...limits };
}

function upTo(most: number): Shape<number> {
  return {
    kind: 'value',
    label: `a whole number from 1 to ${groupedDigits(most)}`,
    is: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most,
  };
}
