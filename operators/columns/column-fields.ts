import { type Fields, flag, record, type RecordShape, whole, words } from '../settings/shape.js';
import type { ColumnHint } from '../types.js';
import { columnContractShape } from './contract-shape.js';

/** What the hint of a column takes, key by key. */
export const columnFields: Fields<ColumnHint> = {
  dataType: words(
    'text',
    'double',
    'bool',
    'timestamp',
    'bigint',
    'json',
    'decimal',
    'wei',
    'date',
    'time',
    'binary',
  ),
  precision: whole(0),
  scale: whole(0),
  timezone: flag,
  nullable: flag,
  exclude: flag,
  primaryKey: flag,
  mergeKey: flag,
  dedupSort: words('asc', 'desc'),
  hardDelete: flag,
  schemaContract: columnContractShape,
};

/** The hint of a column. */
export const columnShape: RecordShape<ColumnHint> = record<ColumnHint>('a column', columnFields);
