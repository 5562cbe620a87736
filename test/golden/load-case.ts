import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  type ContractMode,
  type DltSourceOptions,
  duckdb,
  fromDlt,
  pipeline,
  type Refresh,
  type RunEvent,
  type SchemaContract,
} from 'sluice';
import type { Compat, NamingConvention } from 'sluice/operators';
import { type Dump, dump } from './dump.js';
import { type GoldenCase, type GoldenRun, hasExactIds } from './golden-case.js';
import { servePages } from './serve-pages.js';

/** A run: its requests, and why it failed. */
export interface LoadedRun {
  requests: string[];
  error: string | null;
  notices: string[];
}

/**
 * Loads a case into `<folder>/<name>.duckdb` and dumps it; null where no run made tables.
 * A run that needs what sluice does not have fails.
 */
export async function loadCase(
  given: GoldenCase,
  folder: string,
  compat: Compat = 'sluice',
  runs: readonly GoldenRun[] = given.runs,
): Promise<{ runs: LoadedRun[]; left: Dump | null }> {
  const path = join(folder, `${given.name}.duckdb`);
  const loaded: LoadedRun[] = [];
  for (const run of runs) loaded.push(await loadRun(given, run, path, compat));
  const left = await dump(path, hasExactIds(given)).catch(() => null);
  return { runs: loaded, left };
}

async function loadRun(
  given: GoldenCase,
  run: GoldenRun,
  path: string,
  compat: Compat,
): Promise<LoadedRun> {
  await changeBefore(run, path);
  const server = await servePages(run, given.watched);
  const notices: string[] = [];
  const observe = (event: RunEvent): void => {
    if (event.kind === 'notice') notices.push(event.message);
  };
  let error: string | null = null;
  const loading = pipeline({
    name: run.pipeline ?? 'golden',
    dataset: 'data',
    compat,
    ...namingOf(given, run),
    destination: duckdb(path, { thread: false }),
    // dlt loads nothing of a run that fails; else the first page would be there, or not in time.
    batch: { firstRows: 32_768 },
  });
  try {
    if (run.drop !== undefined) {
      await loading.drop(run.drop.length === 0 ? undefined : run.drop);
      return { requests: [], error, notices };
    }
    const { config, options } = configOf(given, run, server.url);
    const source = fromDlt(config, options);
    const contract = contractOf(run.options);
    await loading.run(run.select === undefined ? source : source.withResources(run.select), {
      observe,
      ...(contract && { schemaContract: contract }),
      ...refreshOf(run.options),
    });
  } catch (thrown) {
    error = (thrown as Error).message;
  } finally {
    await loading.close();
    await server.close();
  }
  return { requests: server.requests, error, notices };
}

/** The naming convention that a case's settings give. */
function namingOf(given: GoldenCase, run: GoldenRun): { naming?: NamingConvention } {
  const { SCHEMA__NAMING: naming } = { ...given.settings, ...run.settings };
  return naming === undefined ? {} : { naming: naming as NamingConvention };
}

/** Does what a person does to the database before the run. */
async function changeBefore({ before = [] }: GoldenRun, path: string): Promise<void> {
  if (before.length === 0) return;
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    for (const statement of before) await connection.run(statement);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function configOf(
  given: GoldenCase,
  run: GoldenRun,
  url: string,
): { config: object; options: DltSourceOptions } {
  const { name = 'api', ...source } = { ...given.source, ...run.source } as { name?: string };
  const { refresh: _refresh, schema_contract: _, ...ofRun } = run.options ?? {};
  const {
    root_key: rootKey,
    max_table_nesting: maxTableNesting,
    schema_contract: __,
    ...ofSource
  } = source as { root_key?: boolean; max_table_nesting?: number; schema_contract?: unknown };
  const client = withUrl(given.client, url);
  const resources = (given.resources ?? [{ name: 'items' }]).map((resource) => {
    if (typeof resource === 'string') return resource;
    const changed: Record<string, unknown> = {
      ...ofSource,
      ...resource,
      ...run.resources?.[resource.name],
      ...ofRun,
    };
    if (client !== undefined) return changed;
    const endpoint = {
      paginator: 'header_link',
      data_selector: '$',
      ...Object(changed['endpoint']),
    };
    return { ...changed, endpoint };
  });
  const base = `${url}${(client?.['base_url'] as string | undefined) ?? ''}`;
  const contract = contractOf(source);
  return {
    config: {
      client: { ...client, base_url: base },
      resource_defaults: given.defaults ?? {},
      resources,
    },
    options: {
      name,
      ...(contract && { schemaContract: contract }),
      ...(rootKey !== undefined && { rootKey }),
      ...(maxTableNesting !== undefined && { maxTableNesting }),
    },
  };
}

/** A client with the server's address for `{url}`. */
function withUrl(client: GoldenCase['client'], url: string): GoldenCase['client'] {
  return client && (JSON.parse(JSON.stringify(client).replaceAll('{url}', url)) as typeof client);
}

/** The `refresh` of a run. */
function refreshOf({ refresh }: GoldenRun['options'] = {}): { refresh?: Refresh } {
  return refresh === undefined ? {} : { refresh: refresh as Refresh };
}

/** The `schema_contract` of a source or a run, as an option of ours. */
function contractOf(options: object = {}): SchemaContract | undefined {
  const { schema_contract: contract } = options as { schema_contract?: unknown };
  if (typeof contract !== 'object' || contract === null)
    return contract as SchemaContract | undefined;
  const { data_type: dataType, ...rest } = contract as { data_type?: ContractMode };
  return { ...rest, ...(dataType && { dataType }) };
}
