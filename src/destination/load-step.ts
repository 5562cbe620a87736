import { ownMember } from '../../operators/json/own-member.js';
import { requireShape } from '../../operators/settings/require-shape.js';
import { anything, list } from '../../operators/settings/shape.js';
import type { LoadStep, SchemaChange } from '../../operators/types.js';
import type { BatchMessage } from './messages.js';

/** What a session gives for the batches of a step: their rows by table, and their positions. */
export function loadStep(
  kind: LoadStep['kind'],
  loadId: string,
  batches: readonly BatchMessage[],
  changes: readonly SchemaChange[] = [],
): LoadStep {
  requireShape('The batches of loadStep()', batches, list(anything));
  const tables: Record<string, number> = {};
  for (const { schema, rows } of batches.flatMap((batch) => batch.tables))
    tables[schema.name] = (ownMember(tables, schema.name) ?? 0) + rows;
  return {
    kind,
    loadId,
    tables,
    positions: batches.flatMap(({ positions }) => positions),
    changes,
  };
}
