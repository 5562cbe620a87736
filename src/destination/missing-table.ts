import { didYouMean } from '../../operators/settings/nearest.js';
import { LoadError } from '../errors.js';
import { holdsRows } from './sql/catalog.js';

/** The error for a table that a dataset lacks, which names those that it has. */
export function missingTable(table: string, tables: Iterable<string>): LoadError {
  const known = [...tables].filter(holdsRows);
  return new LoadError(
    known.length === 0
      ? `The dataset has no table \`${table}\`, since no load into it has committed yet: run the pipeline first, or check the names of dataset and database file.`
      : `The dataset has no table \`${table}\`.${didYouMean(table, known)} Tables: ${known.join(', ')}.`,
  );
}
