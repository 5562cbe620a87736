import { duckdb } from '../destination/duckdb/duckdb.js';
import { destinationSettings } from '../settings/destination-settings.js';
import type { DestinationKind } from './destination-kind.js';

/** A DuckDB file, by its path. */
export const duckdbKind: DestinationKind = {
  schemes: ['duckdb'],
  example: 'shop.duckdb',
  make(address, options) {
    // dlt reads `CREDENTIALS` alone too. A source's secret of that name would become a file's name.
    const levels = [['destination', 'duckdb'], ['destination']];
    const { pipeline, text, missing } = destinationSettings('duckdb', options, levels);
    const path =
      address ??
      text('credentials', 'credential')?.value ??
      text('credentials.database', 'credential')?.value ??
      (pipeline === undefined ? undefined : `${pipeline}.duckdb`);
    if (path === undefined) throw missing('credentials', 'shop.duckdb');
    return duckdb(path.replace(/^duckdb:(?:\/\/\/)?/, ''));
  },
};
