import { map, record, type RecordShape } from '../settings/shape.js';
import type { NestedHints } from '../types.js';
import { columnShape } from './column-shape.js';

/** What the hints of a child table take. */
export const nestedShape: RecordShape<NestedHints> = record<NestedHints>(
  'the hints of a child table',
  { columns: map(columnShape) },
  {
    primaryKey: 'keys of child tables are not supported yet. Leave it out.',
    mergeKey: 'keys of child tables are not supported yet. Leave it out.',
    writeDisposition: 'a child table is written as its root table is. Leave it out.',
  },
);
