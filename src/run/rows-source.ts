import { defer, from } from 'rxjs';
import { kindOf } from '../../operators/settings/user-function.js';
import type { Page } from '../../operators/types.js';
import { ConfigError } from '../errors.js';
import { type GivenRows, rowPages } from './row-pages.js';
import type { Resource, RunContext, Source } from './source.js';

/** What rows that come from anywhere are loaded as. */
export interface RowsConfig extends Pick<
  Resource,
  'writeDisposition' | 'primaryKey' | 'columns' | 'maxTableNesting'
> {
  /** Table of the rows; normalized as dlt does. */
  table: string;
}

/**
 * What `run` was given as a source: a source as it is, or rows with the table that they go to.
 *
 * Errors: ConfigError for everything else: rows without `table`, a source with options of rows, and
 * a list of sources among it.
 */
export function sourceFrom(given: Source | GivenRows, config: Partial<RowsConfig>): Source {
  if (isSource(given)) return ownTables(given, config);
  if (Array.isArray(given) && given.some(isSource))
    throw new ConfigError(
      'run() takes one source; found a list of sources. Await one run after the other, or put all resources into one restSource().',
    );
  if (!isRows(given))
    throw new ConfigError(
      `run() takes a source (restSource(…), coalesce(), …) or rows; found ${described(given)}.`,
    );
  const { table, writeDisposition, primaryKey, columns, maxTableNesting } = config;
  if (typeof table !== 'string' || table.trim() === '')
    throw new ConfigError(
      `run() of rows needs the table that they go to: run(rows, { table: 'orders' }).${typeof given === 'function' ? ' Call a function that makes a source first: run(coalesce()).' : ''}`,
    );
  const resource: Resource = {
    name: table,
    ...(writeDisposition !== undefined && { writeDisposition }),
    ...(primaryKey !== undefined && { primaryKey }),
    ...(columns !== undefined && { columns }),
    ...(maxTableNesting !== undefined && { maxTableNesting }),
  };
  const source: Source = {
    name: 'rows',
    resources: [resource],
    pages: (context) => defer(() => from(gatedPages(table, given, context))),
    withResources: () => source,
  };
  return source;
}

/** Where a resource says what the options of rows say, since a source has tables of its own. */
const OF_RESOURCE: Readonly<Record<keyof RowsConfig, string>> = {
  table: '`tableName` of a resource',
  writeDisposition: '`writeDisposition` of `resourceDefaults` or a resource',
  primaryKey: '`primaryKey` of `resourceDefaults` or a resource',
  columns: '`columns` of a resource',
  maxTableNesting: '`maxTableNesting` of `resourceDefaults` or a resource',
};

function ownTables(source: Source, config: Partial<RowsConfig>): Source {
  const [option] = Object.keys(OF_RESOURCE).filter(
    (key) => config[key as keyof RowsConfig] !== undefined,
  );
  if (option === undefined) return source;
  throw new ConfigError(
    `\`${option}\` of run() is for rows, and source ${source.name} has tables of its own. Set ${OF_RESOURCE[option as keyof RowsConfig]} in its config.`,
  );
}

/** The next page is made when the loader has taken most of those before it. */
async function* gatedPages(
  table: string,
  rows: GivenRows,
  context: RunContext,
): AsyncGenerator<Page> {
  for await (const page of rowPages(table, rows, 'run', (event) => context.observe(event))) {
    await context.gate.whenOpen(context.signal);
    yield page;
  }
}

function isSource(given: unknown): given is Source {
  if (typeof given !== 'object' || given === null) return false;
  const { pages, resources } = given as Partial<Source>;
  return typeof pages === 'function' && Array.isArray(resources);
}

function isRows(given: unknown): given is GivenRows {
  return (
    typeof given === 'function' ||
    (typeof given === 'object' &&
      given !== null &&
      (Symbol.iterator in given || Symbol.asyncIterator in given))
  );
}

function described(given: unknown): string {
  if (given instanceof Promise) return 'a promise. Await it first';
  if (typeof given === 'string') return kindOf(given);
  if (given === null || typeof given !== 'object') return String(given);
  const keys = Object.keys(given);
  return 'client' in given
    ? 'a config. Pass it to restSource() first'
    : `an object with ${keys.length === 0 ? 'no keys' : keys.slice(0, 8).join(', ')}`;
}
