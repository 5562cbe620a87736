import type { Shape } from '../shape.js';
import { wideRow } from '../wide-rows.js';

/** Rows that have an id and about 20 of 799 further keys. */
export const wide: Shape = { pageRows: 1_000, row: wideRow };
