import { strategyOf, tableHints } from '../../operators/schema/table-hints.js';
import type { Compat } from '../../operators/types.js';
import { isSelected, rootTable } from './root-tables.js';
import type { RunEvent } from './run-event.js';
import type { Resource } from './source.js';

/**
 * Returns notices on hints that change nothing: merging without a key, which appends as in dlt, and
 * options that the disposition or its strategy does not use. Pure.
 */
export function dispositionNotices(resources: readonly Resource[], compat: Compat): RunEvent[] {
  return resources.filter(isSelected).flatMap((resource) =>
    messages(resource, compat).map((message): RunEvent => ({
      kind: 'notice',
      resource: resource.name,
      message,
    })),
  );
}

function messages(resource: Resource, compat: Compat): string[] {
  const hints = tableHints(resource.name, resource);
  const { writeDisposition, primaryKey } = hints;
  const { columns = {}, mergeKey, writeDisposition: given } = resource;
  const { table } = rootTable(resource);
  const marked = (['dedupSort', 'hardDelete', 'mergeKey'] as const).filter((hint) =>
    Object.values(columns).some((column) => (column[hint] ?? false) !== false),
  );
  if (writeDisposition !== 'merge') {
    const options = typeof given === 'object' ? Object.entries(given) : [];
    const idle = new Set<string>([
      ...marked,
      ...(mergeKey === undefined ? [] : ['mergeKey']),
      ...options
        .filter(([option, value]) => option !== 'disposition' && (value ?? false) !== false)
        .map(([option]) => option),
    ]);
    return [...idle].map(
      (hint) =>
        `\`${hint}\` of table ${table} does nothing: it is for writeDisposition merge, and the table has ${writeDisposition}. Remove it, or merge.`,
    );
  }
  const strategy = strategyOf(hints);
  const hasMergeKey = (hints.merge?.mergeKey ?? []).length > 0;
  const idle = (option: string): string =>
    `\`${option}\` of table ${table} does nothing: merge strategy ${strategy} does not use it. Remove it.`;
  const found: string[] = [];
  if (strategy === 'delete-insert') {
    if (primaryKey.length === 0 && !hasMergeKey)
      found.push(
        `Table ${table} is merged without a key, so its rows are appended and may come twice. Give the resource a \`primaryKey\`.`,
      );
    if (primaryKey.length === 0 && marked.includes('dedupSort'))
      found.push(
        `\`dedupSort\` of table ${table} does nothing without a primary key. Give the resource a \`primaryKey\`, or remove it.`,
      );
  } else if (strategy === 'scd2') {
    if (primaryKey.length > 0) found.push(idle('primaryKey'));
    for (const hint of marked) if (hint !== 'mergeKey') found.push(idle(hint));
  } else {
    if (hasMergeKey) found.push(idle('mergeKey'));
    if (compat === 'dlt' && marked.includes('dedupSort')) found.push(idle('dedupSort'));
  }
  return found;
}
