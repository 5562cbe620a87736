import {
  either,
  flag,
  list,
  name,
  nothing,
  record,
  required,
  type Shape,
  text,
  words,
} from '../settings/shape.js';
import type { MergeDisposition, WriteDisposition, WriteDispositionHint } from '../types.js';

type Options = Omit<MergeDisposition, 'disposition'> & { disposition: WriteDisposition };

const date: Shape<Date> = {
  kind: 'value',
  label: 'a Date',
  is: (value) => value instanceof Date,
};
const time = either(text, date, nothing);

/** What `writeDisposition` takes. */
export const dispositionShape: Shape<WriteDispositionHint> = either(
  words('append', 'replace', 'merge'),
  record<Options>('writeDisposition', {
    disposition: required(words('append', 'replace', 'merge')),
    strategy: words('delete-insert', 'upsert', 'insert-only', 'scd2'),
    deduplicated: flag,
    validityColumnNames: list(name),
    activeRecordTimestamp: time,
    boundaryTimestamp: time,
    rowVersionColumnName: name,
  }),
);
