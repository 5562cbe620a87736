// The classes of the API that loads use. A program may use its own import of the API as well.
export { DuckDBAppender, DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
