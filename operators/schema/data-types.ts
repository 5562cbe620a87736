import type { DataType } from '../types.js';

/** Every data type that a column can have; the compiler finds one that is missing here. */
export const DATA_TYPES: readonly DataType[] = Object.keys({
  text: true,
  double: true,
  bool: true,
  timestamp: true,
  bigint: true,
  json: true,
  decimal: true,
  wei: true,
  date: true,
  time: true,
  binary: true,
} satisfies Record<DataType, true>) as DataType[];

/** What refines a type, and the types that have it. */
export const REFINED_BY: Readonly<Record<'precision' | 'scale' | 'timezone', readonly DataType[]>> =
  {
    precision: ['bigint', 'decimal', 'wei', 'timestamp'],
    scale: ['decimal', 'wei'],
    timezone: ['timestamp'],
  };
