import type { CompletenessRow } from '../destination/messages.js';
import { IncompleteError } from '../errors.js';
import { rootTable } from './root-tables.js';
import type { Resource } from './source.js';
import type { Trace } from './trace.js';

/**
 * Returns the verdicts for the database. IncompleteError where something is missing and that is to
 * be a failure.
 */
export function completenessRows(
  resources: readonly Resource[],
  log: Trace,
  incomplete: 'warn' | 'fail' = 'warn',
): CompletenessRow[] {
  const tables = new Map(resources.map((resource) => [resource.name, rootTable(resource).table]));
  const rows = log.resources().map(({ name, ...info }): CompletenessRow => ({
    ...info,
    resource: name,
    table: tables.get(name) as string,
  }));
  const missing = rows.filter(({ verdict }) => verdict === 'incomplete');
  for (const { resource, reasons } of missing)
    log.record({ kind: 'notice', resource, message: `INCOMPLETE: ${reasons.join('; ')}` });
  if (incomplete === 'fail' && missing.length > 0)
    throw new IncompleteError(
      `The load was not completed, because rows are missing: ${missing.map(({ resource, reasons }) => `${resource}: ${reasons.join('; ')}`).join('. ')}. What was committed stays until the next run, which begins anew.`,
    );
  return rows;
}
