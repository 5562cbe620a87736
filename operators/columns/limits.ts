import { LimitError } from '../errors.js';
import { givenOptions } from '../settings/given-options.js';
import { number, record } from '../settings/shape.js';

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
}

const DEFAULTS: Limits = { tables: 1_000, columns: 10_000, depth: 1_000, bytes: 1024 ** 3 };

const SHAPE = record<Partial<Limits>>('`limits`', {
  tables: number,
  columns: number,
  depth: number,
  bytes: number,
});

/** Returns the limits with defaults filled in; LimitError for one out of range. */
export function limitsOf(limits?: Partial<Limits>): Limits {
  const all: Limits = { ...DEFAULTS, ...givenOptions('`limits`', limits, SHAPE) };
  const most: Limits = { tables: 1e6, columns: 1e6, depth: 10_000, bytes: 3 * 1024 ** 3 };
  for (const name of Object.keys(most) as (keyof Limits)[]) {
    if (!(all[name] >= 1 && all[name] <= most[name]))
      throw new LimitError(
        `The limit \`${name}\` must be from 1 to ${most[name].toLocaleString('en-US')}; found ${all[name]}.`,
      );
  }
  return all;
}
