import { groupedDigits } from '../../../../operators/settings/grouped-digits.js';
import type { UnfinishedHead } from './unfinished-loads.js';

/**
 * Says which loads of other pipelines nobody resumes any more: what they have committed stays until
 * somebody deletes it. Null for none.
 */
export function abandonedNotice(dataset: string, loads: readonly UnfinishedHead[]): string | null {
  if (loads.length === 0) return null;
  const named = loads.map(
    ({ loadId, pipeline, kept }) =>
      `${loadId} of pipeline ${pipeline}${kept ? ` (last commit ${new Date(kept.committed.at).toISOString()})` : ''}`,
  );
  const drops = [...new Set(loads.map(({ pipeline }) => pipeline))].map(
    (name) => `\`pipeline({ name: '${name}', … }).drop([])\``,
  );
  return `Dataset ${dataset} holds what unfinished loads have left that no run resumes any more: ${named.join(', ')}. Their rows stay until the pipeline runs again, or until ${drops.join(', ')} deletes them.`;
}

/** Says that a load is deleted that nothing goes on with. */
export function givenUpNotice({ loadId, kept }: UnfinishedHead): string {
  if (kept === undefined)
    return `Load ${loadId} was stopped, and is given up: what it had committed is deleted.`;
  const { head, committed } = kept;
  const rows = Object.values(committed.rows).reduce((sum, own) => sum + own, 0);
  const what =
    rows === 1
      ? 'the row that it had committed is'
      : `the ${groupedDigits(rows)} rows that it had committed are`;
  return `Load ${loadId} of source ${head.source} was stopped, and is given up: ${what} deleted. The next run of the source begins anew.`;
}
