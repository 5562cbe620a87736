import { type Fields, flag, words } from '../settings/shape.js';
import type { ColumnHint } from '../types.js';

/** What the hint of a column takes, key by key. */
export const columnFields: Fields<ColumnHint> = {
  dataType: words('text', 'double', 'bool', 'timestamp', 'bigint', 'json'),
  nullable: flag,
  exclude: flag,
};
