import { ownMember } from '../../operators/json/own-member.js';
import { requireShape } from '../../operators/settings/require-shape.js';
import { anything, list, object } from '../../operators/settings/shape.js';
import type { Json } from '../../operators/types.js';
import type { CursorState, PipelineState } from './messages.js';

/**
 * The state of a pipeline after a load with these cursors (`Outcome.cursors`): each takes the place
 * of the one of its resource and path; all else stays. The same object where nothing changes, so
 * also for no cursors.
 *
 * @param source dlt's name of the schema (`LoadSpec.source`)
 */
export function withCursors(
  state: PipelineState,
  source: string,
  cursors: readonly CursorState[],
): PipelineState {
  requireShape('The state of withCursors()', state, object);
  const sources = requireShape('`sources` of the state of withCursors()', state.sources, object);
  requireShape('The cursors of withCursors()', cursors, list(anything));
  const before = ownMember(sources, source)?.resources ?? {};
  let resources = before;
  for (const { resource, cursorPath, state: own } of cursors) {
    const { incremental = {} } = ownMember(resources, resource) ?? {};
    // A value that is the same keeps the spelling that it was read with.
    if (isSame(ownMember(incremental, cursorPath), own)) continue;
    resources = {
      ...resources,
      [resource]: {
        ...resources[resource],
        incremental: { ...incremental, [cursorPath]: own },
      },
    };
  }
  if (resources === before) return state;
  return { ...state, sources: { ...sources, [source]: { ...sources[source], resources } } };
}

function isSame(before: Json | undefined, after: Json): boolean {
  return before !== undefined && plainText(before) === plainText(after);
}

/** The same text for the same values, however numbers were spelt. */
function plainText(value: Json): string {
  return JSON.stringify(value, (_, inner: Json) =>
    typeof inner === 'bigint'
      ? { bigint: String(inner) }
      : typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
  );
}
