import { ConfigError } from '../errors.js';
import { requireName } from '../settings/require-name.js';
import type { Naming } from '../types.js';
import { conventionOf } from './convention.js';

/** The tables below `_dlt` would be named `_dlt__…`. */
const OWN = /^_(dlt|sluice)(_|$)/i;

/**
 * Returns the normalized name of a resource's table. `label` says whose name it is, for messages.
 *
 * Errors: ConfigError for a name with which sluice's own tables begin, also where only the
 * normalized one does (`_Dlt Loads`), for an empty one, and for one that no database can keep. Rows
 * in such a table would be left out where schemas are read, and removed with what unfinished loads
 * leave.
 */
export function rootTableName(name: string, label: string, naming?: Naming): string {
  const table = conventionOf(naming).path(requireName(name, label));
  if (table === '_empty')
    throw new ConfigError(
      `${label} is ${JSON.stringify(name)}, which is empty as a table's name. Choose another name.`,
    );
  if (!OWN.test(table)) return table;
  const found = table === name ? `\`${name}\`` : `\`${name}\` (table ${table})`;
  throw new ConfigError(
    `${label} is ${found}, and names that begin with _dlt_ or _sluice_ belong to sluice's own tables. Choose another name.`,
  );
}
