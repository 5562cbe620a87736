import { map, names, record, type RecordShape } from '../settings/shape.js';
import type { NestedHints } from '../types.js';
import { columnShape } from './column-shape.js';
import { contractShape } from './contract-shape.js';
import { dispositionShape } from './disposition-shape.js';

/** What the hints of a child table take. */
export const nestedShape: RecordShape<NestedHints> = record<NestedHints>(
  'the hints of a child table',
  {
    columns: map(columnShape),
    primaryKey: names,
    mergeKey: names,
    writeDisposition: dispositionShape,
    schemaContract: contractShape,
  },
);
