export * from '../operators/errors.js';
export type * from '../operators/types.js';
export { DuckDBInstance } from '@duckdb/node-api';
export { type Destination, duckdb, type DuckdbConfig } from './duckdb/duckdb.js';
export { type CommitConfig, load, type LoadConfig } from './duckdb/load.js';
export * from './errors.js';
export { Gate } from './gate.js';
export * from './source.js';
