import type { Shaped } from '../../operators/types.js';
import type { SourceEvent } from './source.js';

/**
 * Makes what turns fitted pages into events of a run: notices for what fitting changed and the
 * tables do not show (values in a variant, keys told apart, values rounded or cut, hints that come
 * too late or do nothing), counts of what schema contracts left out, and a notice for each first
 * reason. New columns and tables are in the steps of the load.
 */
export function shapedEvents(): (page: Shaped) => SourceEvent[] {
  const reported = new Set<string>();
  return ({ page: { resource }, changes, discards = [] }) => {
    const events = changes.filter(({ kind }) => REPORTED.has(kind)).map(({ message }) => message);
    for (const { table, column, entity, mode, message } of discards) {
      const key = JSON.stringify([table, column, entity, mode]);
      // Rows below a row that is left out have its reason.
      if (!reported.has(key) && !events.includes(message)) events.push(message);
      reported.add(key);
    }
    return [
      ...events.map((message): SourceEvent => ({ kind: 'notice', resource, message })),
      ...discards.map((discard): SourceEvent => ({ kind: 'discard', resource, ...discard })),
    ];
  };
}

const REPORTED: ReadonlySet<string> = new Set([
  'variant',
  'collision',
  'late-hint',
  'idle-hint',
  'rounded',
  'cut',
  'replaced',
]);
