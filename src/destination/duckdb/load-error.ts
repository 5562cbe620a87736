import { isSluiceError, type SluiceError } from '../../../operators/errors.js';
import { LoadError } from '../../errors.js';
import type { LoadSpec } from '../messages.js';

/** What DuckDB's message says, and what to do about it. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /foreign key constraint.*does not exist/is,
    'Load the rows of the referenced table first, or drop the foreign key there.',
  ],
  [
    /foreign key/i,
    'Remove the rows of the other table that refer to these rows, or drop the foreign key there.',
  ],
  [
    /(duplicate key|unique constraint|primary key)/i,
    "Load with `writeDisposition: 'merge'` and the constraint's columns as `primaryKey`, or drop the constraint there: sluice needs none.",
  ],
  [
    /CHECK constraint/i,
    'Filter such rows out with `processingSteps`, or drop the constraint there.',
  ],
  [
    /NOT NULL constraint/i,
    'Filter rows without a value out with `processingSteps`, or drop the constraint there.',
  ],
];

const MORE_MEMORY =
  ' DuckDB has a sixth of the `memory` of the pipeline: raise it, or leave it out.';

/**
 * What a step of a load failed with, as an error that names the load; errors of ours stay. A
 * constraint of a table that the database has comes with what to do about it, and so does a lack of
 * memory.
 */
export function loadError(
  what: string,
  { dataset, memory }: Pick<LoadSpec, 'dataset' | 'memory'>,
  loadId: string,
  error: unknown,
): SluiceError {
  if (isSluiceError(error)) return error;
  const full = error instanceof Error ? error.message : String(error);
  const isShort = memory !== undefined && /out of memory|could not allocate/i.test(full);
  // What DuckDB advises then are its own settings, which the load sets.
  const cause = isShort ? full.replace(/\s*Possible solutions:[^]*/, '') : full;
  return new LoadError(
    `Load ${loadId} into dataset ${dataset}: ${what}: ${cause}. What was not committed was rolled back.${constraintAdvice(cause)}${damageAdvice(cause)}${isShort ? MORE_MEMORY : ''}`,
    { cause: error },
  );
}

/**
 * What to do where rows break a constraint of a table that the database has: one sentence with a
 * space before it; nothing for other errors.
 */
function constraintAdvice(message: string): string {
  if (!/constraint|duplicate key/i.test(message)) return '';
  const [, advice] = ADVICE.find(([pattern]) => pattern.test(message)) ?? [];
  return advice === undefined ? '' : ` ${advice}`;
}

/**
 * What to do about a disk that is full, a file that may not be written, and one that was cut or
 * changed: a sentence with a space before it, or nothing.
 */
export function damageAdvice(message: string): string {
  // What a server says is not of files of this computer.
  if (/^Postgres: |: ERROR: {2}/.test(message)) return '';
  const [, advice] = DAMAGES.find(([pattern]) => pattern.test(message)) ?? [];
  return advice === undefined ? '' : ` ${advice}`;
}

const DAMAGES: readonly (readonly [RegExp, string])[] = [
  [
    /no space left on device|file too large|quota exceeded|disk is full/i,
    'The disk is full. Make room and run again: what was committed stays.',
  ],
  [
    /permission denied|read-only file system|operation not permitted/i,
    'This process may not write there. DuckDB writes the file, and `.wal` and `.tmp` beside it: let it write in that folder, or give the path of a file elsewhere.',
  ],
  [
    /replaying WAL/i,
    'The write-ahead log (the .wal file beside the database) was changed by something else than DuckDB, or its disk has lost a part of it. Put a copy of both files in their place; or move the .wal file away, and the database is as it was before the commits in it.',
  ],
  [
    /could not read enough bytes|corrupt|checksum|mode that is not recognized|failed to load metadata pointer/i,
    'The file was cut or changed by something else than DuckDB, or its disk has lost a part of it. Put a copy of it in its place, or delete it (and the .wal file beside it) and load all of it anew.',
  ],
];
