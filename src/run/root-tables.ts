import { rootTableName } from '../../operators/schema/root-table-name.js';
import type { RootTable } from '../destination/messages.js';
import { ConfigError } from '../errors.js';
import type { Resource } from './source.js';
import type { RunEvent } from './trace.js';

/** Returns true for a resource that fills a table, and is not requested for its children alone. */
export function isSelected({ selected }: Resource): boolean {
  return selected !== false;
}

/**
 * Returns the tables of the resources that are loaded. Errors: ConfigError for tables that cannot
 * be.
 */
export function rootTables(resources: readonly Resource[]): RootTable[] {
  const selected = resources.filter(isSelected);
  for (const { name } of resources) rootTableName(name, 'The name of a resource');
  const known = new Map<string, Resource>();
  for (const resource of selected) {
    const { table } = rootTable(resource);
    const other = known.get(table);
    if (other !== undefined) requireOneTable(other, resource, table);
    known.set(table, resource);
  }
  return selected.map(rootTable);
}

/** Checks that resources which share a table both name it and agree on how it is written. */
function requireOneTable(one: Resource, other: Resource, table: string): void {
  if (one.tableName === undefined || one.tableName !== other.tableName)
    throw new ConfigError(
      `Resources ${one.name} and ${other.name} both fill table ${table}. Give one of them another \`tableName\`, or both the same \`tableName\` if their rows belong into one table.`,
    );
  const way = ({ writeDisposition = 'append', primaryKey = [] }: Resource): string =>
    JSON.stringify([writeDisposition, [primaryKey].flat()]);
  if (way(one) !== way(other))
    throw new ConfigError(
      `Resources ${one.name} and ${other.name} both fill table ${table}, with different writeDisposition or primaryKey. Give one of them another tableName.`,
    );
}

/**
 * Returns a notice for each table that is merged without a key: its rows are appended, as in dlt.
 */
export function keyNotices(resources: readonly Resource[]): RunEvent[] {
  return resources
    .filter(
      ({ writeDisposition, primaryKey = [] }) =>
        writeDisposition === 'merge' && [primaryKey].flat().length === 0,
    )
    .filter(isSelected)
    .map((resource) => ({
      kind: 'notice',
      resource: resource.name,
      message: `Table ${rootTable(resource).table} is merged without a key, so its rows are appended and may come twice. Give the resource a \`primaryKey\`.`,
    }));
}

export function rootTable({ name, tableName, writeDisposition }: Resource): RootTable {
  return {
    resource: name,
    table: rootTableName(tableName ?? name, `\`tableName\` of resource ${name}`),
    writeDisposition: writeDisposition ?? 'append',
  };
}
