import { defer, from } from 'rxjs';
import { dispositionShape } from '../../operators/columns/disposition-shape.js';
import { nestedShape } from '../../operators/columns/nested-shape.js';
import { type CursorConfig, cursorFields } from '../../operators/cursor/cursor-config.js';
import { normalizeIdentifier } from '../../operators/schema/naming.js';
import {
  anything,
  count,
  type Fields,
  flag,
  map,
  name,
  names,
  record,
  required,
} from '../../operators/settings/shape.js';
import { kindOf } from '../../operators/settings/user-function.js';
import type { Page } from '../../operators/types.js';
import { ConfigError } from '../errors.js';
import { type Columns, columnsShape, declaredColumns } from './column-schema.js';
import { readState } from './kept-cursor.js';
import { mergeNested } from './merge-nested.js';
import { areRows, type RowsInput, rowPages } from './row-pages.js';
import { rowValidator } from './row-validator.js';
import type { Resource, RunContext, Source } from './source.js';

/** Options for loading rows that do not come from a source. */
export interface RowsConfig extends Pick<
  Resource,
  'writeDisposition' | 'primaryKey' | 'mergeKey' | 'nestedHints' | 'maxTableNesting' | 'incremental'
> {
  /** Table of the rows; normalized as dlt does. */
  table: string;
  /**
   * Hints of columns by name, raw or normalized (nested: joined by `__`); or a schema of the rows
   * that they follow from: a JSON Schema, or a Standard Schema (zod, valibot, arktype, …) that says
   * its types.
   */
  columns?: Columns;
  /**
   * True: a row that the schema in `columns` does not take is an error. Rows are stored as they
   * are, not as the schema changes them. @default false
   */
  validate?: boolean;
}

/** What rows take, key by key; that they need `table` is said where it is missing. */
export const rowsFields: Fields<Partial<RowsConfig>> = {
  table: anything,
  writeDisposition: dispositionShape,
  primaryKey: names,
  mergeKey: names,
  columns: columnsShape,
  validate: flag,
  nestedHints: map(nestedShape),
  maxTableNesting: count,
  incremental: record<CursorConfig>('incremental', { cursorPath: required(name), ...cursorFields }),
};

/**
 * Returns the source that `run` loads: a source as it is, or rows with the table that they go to.
 * Rows are a source of the pipeline's own name, as in dlt where nothing was loaded before.
 *
 * Errors: ConfigError for everything else: rows without `table`, a source with options of rows, and
 * a list of sources among it.
 */
export function sourceFrom(
  input: Source | RowsInput,
  config: Partial<RowsConfig>,
  pipeline: string,
): Source {
  if (isSource(input)) return ownTables(input, config);
  if (Array.isArray(input) && input.some(isSource))
    throw new ConfigError(
      'run() takes one source; found a list of sources. Await one run after the other, or put all resources into one restSource().',
    );
  if (!isRows(input))
    throw new ConfigError(
      `run() takes a source (restSource(…), coalesce(), …) or rows; found ${described(input)}.`,
    );
  const {
    table,
    writeDisposition,
    primaryKey,
    mergeKey,
    columns,
    nestedHints,
    maxTableNesting,
    incremental,
  } = config;
  if (typeof table !== 'string' || table.trim() === '')
    throw new ConfigError(
      `run() of rows needs the table that they go to: run(rows, { table: 'orders' }).${typeof input === 'function' ? ' Call a function that makes a source first: run(coalesce()).' : ''}`,
    );
  const declared = declaredColumns(columns ?? {}, config.validate);
  const resource: Resource = {
    name: table,
    ...(writeDisposition !== undefined && { writeDisposition }),
    ...(primaryKey !== undefined && { primaryKey }),
    ...(mergeKey !== undefined && { mergeKey }),
    columns: declared.columns,
    nestedHints: mergeNested(declared.nestedHints, nestedHints),
    optionalColumns: declared.optionalColumns.filter(
      (column) => !Object.hasOwn(nestedHints ?? {}, column),
    ),
    directNames: declared.directNames,
    ...(config.validate === true && { rowValidator: rowValidator(columns) }),
    ...(maxTableNesting !== undefined && { maxTableNesting }),
    ...(incremental !== undefined && { incremental }),
  };
  const source: Source = {
    name: normalizeIdentifier(pipeline),
    resources: [resource],
    pages: (context) => defer(() => from(gatedPages(resource, input, context))),
    withResources: () => source,
  };
  return source;
}

/** Where a source's config has the options of rows, since a source has tables of its own. */
const OF_RESOURCE: Readonly<Record<keyof RowsConfig, string>> = {
  table: '`tableName` of a resource',
  writeDisposition: '`writeDisposition` of `resourceDefaults` or a resource',
  primaryKey: '`primaryKey` of `resourceDefaults` or a resource',
  mergeKey: '`mergeKey` of `resourceDefaults` or a resource',
  validate: '`validate` of `resourceDefaults` or a resource',
  columns: '`columns` of a resource',
  nestedHints: '`nestedHints` of a resource',
  maxTableNesting: '`maxTableNesting` of `resourceDefaults` or a resource',
  incremental: '`incremental` of the endpoint of a resource',
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

/** Makes the pages of the rows, each when the loader has taken most of those before it. */
async function* gatedPages(
  { name: table, incremental }: Resource,
  rows: RowsInput,
  context: RunContext,
): AsyncGenerator<Page> {
  let isStopped = false;
  const stop = (): void => void (isStopped = true);
  const state = context.state(table, null);
  // A page may be the last: how far the cursor has come is kept of each.
  const isMoved = incremental !== undefined && incremental.endValue === undefined;
  for await (const page of rowPages(table, rows, 'run', (event) => context.observe(event))) {
    await context.gate.whenOpen(context.signal);
    yield { ...page, stop, state: isMoved ? readState(state) : state };
    if (isStopped) return;
  }
}

function isSource(input: unknown): input is Source {
  if (typeof input !== 'object' || input === null) return false;
  const { pages, resources } = input as Partial<Source>;
  return typeof pages === 'function' && Array.isArray(resources);
}

function isRows(input: unknown): input is RowsInput {
  return typeof input === 'function' || areRows(input);
}

function described(input: unknown): string {
  if (input instanceof Promise) return 'a promise. Await it first';
  if (typeof input === 'string') return kindOf(input);
  if (input === null || typeof input !== 'object') return String(input);
  if (Symbol.iterator in input) return kindOf(input);
  const keys = Object.keys(input);
  return 'client' in input
    ? 'a config. Pass it to restSource() first'
    : `an object with ${keys.length === 0 ? 'no keys' : keys.slice(0, 8).join(', ')}`;
}
