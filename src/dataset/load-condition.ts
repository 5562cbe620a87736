import { identifier } from '../destination/sql/identifier.js';
import { ConfigError } from '../errors.js';
import type { LoadFilter } from './relation-plan.js';
import { linksToRoot, type Structures } from './table-chain.js';

/**
 * A condition for the rows of loads; ids of loads are added to the parameters. A child row belongs
 * to the load of its root row.
 *
 * Errors: ConfigError where no column says which load a row came with.
 */
export function loadCondition(
  table: string,
  loads: LoadFilter,
  tables: Structures,
  parameters: unknown[],
): string {
  const has = (name: string, column: string): boolean =>
    tables.get(name)?.columns.some((own) => own.name === column) === true;
  const links = linksToRoot(table, tables);
  const root = links.at(-1)?.parent ?? table;
  if (!has(root, '_dlt_load_id'))
    throw new ConfigError(
      `\`loads\` cannot choose rows of table \`${table}\`, because ${root === table ? 'it' : `its root table \`${root}\``} has no column _dlt_load_id.`,
    );
  const condition = `"_dlt_load_id" IN (${loadIds(loads, tables, parameters)})`;
  if (root !== table && has(table, '_dlt_root_id'))
    return `"_dlt_root_id" IN (SELECT "_dlt_id" FROM ${identifier(root)} WHERE ${condition})`;
  return links
    .toReversed()
    .reduce(
      (inner, { parent }) =>
        `"_dlt_parent_id" IN (SELECT "_dlt_id" FROM ${identifier(parent)} WHERE ${inner})`,
      condition,
    );
}

/** NULL where there is no load: nothing is equal to it. */
function loadIds(loads: LoadFilter, tables: Structures, parameters: unknown[]): string {
  if (loads === 'complete')
    return tables.has('_dlt_loads')
      ? 'SELECT "load_id" FROM "_dlt_loads" WHERE "status" = 0'
      : 'NULL';
  const first = parameters.length + 1;
  parameters.push(...loads);
  return loads.map((_, i) => `$${first + i}`).join(', ') || 'NULL';
}
