import { ownMember } from '../../operators/json/own-member.js';
import type { DltSchema } from '../../operators/schema/dlt-schema.js';
import { isQuarantine } from '../../operators/schema/quarantine-table.js';
import { rootTableName } from '../../operators/schema/root-table-name.js';
import { strategyOf, tableHints } from '../../operators/schema/table-hints.js';
import type { RootTable } from '../destination/messages.js';
import { ConfigError } from '../errors.js';
import { dltHints } from './dlt-hints.js';
import type { Resource } from './source.js';

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
  for (const { name, naming } of resources) rootTableName(name, 'The name of a resource', naming);
  const known = new Map<string, Resource>();
  for (const resource of selected) {
    const { table } = rootTable(resource);
    const other = known.get(table.toLowerCase());
    if (other !== undefined) requireOneTable(other, resource, table);
    known.set(table.toLowerCase(), resource);
  }
  return selected.map(rootTable);
}

/**
 * Checks that discarded rows do not go into the table of a resource: of one that is loaded, or of
 * another that the schema document of the source has.
 */
export function requireOwnTable(
  tables: readonly RootTable[],
  quarantine: boolean | string | undefined,
  document?: DltSchema,
): void {
  if (typeof quarantine !== 'string') return;
  const name = rootTableName(quarantine, '`quarantine` of run()');
  const owner = tables.find(({ table }) => table.toLowerCase() === name.toLowerCase());
  const before = document && ownMember(document.tables, name);
  if (owner === undefined && (before === undefined || isQuarantine(Object.keys(before.columns))))
    return;
  const whose = owner === undefined ? 'earlier loads filled' : `resource ${owner.resource} fills`;
  throw new ConfigError(
    `\`quarantine\` of run() names table ${name}, which ${whose}. Give discarded rows a table of their own.`,
  );
}

/** Checks that resources which share a table both name it and agree on how it is written. */
function requireOneTable(one: Resource, other: Resource, table: string): void {
  if (one.tableName === undefined || one.tableName !== other.tableName)
    throw new ConfigError(
      `Resources ${one.name} and ${other.name} both fill table ${table}. Give one of them another \`tableName\`, or both the same \`tableName\` if their rows belong into one table.`,
    );
  const way = (resource: Resource): string => {
    const { writeDisposition, primaryKey, merge } = tableHints(resource.name, resource);
    return JSON.stringify([writeDisposition, primaryKey, merge]);
  };
  if (way(one) !== way(other))
    throw new ConfigError(
      `Resources ${one.name} and ${other.name} both fill table ${table}, with different writeDisposition, primaryKey or mergeKey. Give one of them another tableName.`,
    );
}

export function rootTable(resource: Resource): RootTable {
  const { name, tableName, naming } = resource;
  const hints = tableHints(name, resource);
  return {
    resource: name,
    table: rootTableName(tableName ?? name, `\`tableName\` of resource ${name}`, naming),
    writeDisposition: hints.writeDisposition,
    ...(hints.writeDisposition === 'merge' && { mergeStrategy: strategyOf(hints) }),
    declared: dltHints(resource),
  };
}
