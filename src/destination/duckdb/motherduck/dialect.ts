import type { Dialect } from '../../sql/dialect.js';
import { duckdbDialect } from '../dialect.js';

/**
 * DuckDB's SQL, which MotherDuck runs. Temporary tables would be on this computer: rows wait in
 * tables of the database, so that all statements of a load run where its tables are.
 */
export const motherduckDialect: Dialect = {
  ...duckdbDialect(false),
  destinationType: 'dlt.destinations.motherduck',
  stagesInMemory: false,
};
