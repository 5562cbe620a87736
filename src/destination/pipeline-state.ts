import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { parseJson } from '../../operators/json/parse-json.js';
import { printJson } from '../../operators/json/print-json.js';
import { sortedJson } from '../../operators/json/sorted-json.js';
import type { JsonObject } from '../../operators/types.js';
import { LoadError } from '../errors.js';
import type { CursorState, PipelineState } from './messages.js';
import { storedJson } from './stored-json.js';
import { withCursors } from './with-cursors.js';

/** The version of dlt's state documents. */
export const STATE_ENGINE_VERSION = 4;

/** What a state document says of a pipeline, beside what its sources keep. */
export interface StateOwner {
  pipeline: string;
  dataset: string;
  /** dlt's name of the schema that a load fills. */
  schema: string;
  /** dlt's name of the destination, as `dlt.destinations.duckdb`. */
  destinationType: string;
}

/** The state of a pipeline that has none yet. */
export const NO_STATE: PipelineState = { sources: {} };

/**
 * Reads the text of a state as `_dlt_pipeline_state` has it: typed JSON, compressed by zlib, in
 * base64; or plain, as early versions of dlt wrote it. Values that JSON has no form for (times,
 * decimals) keep dlt's mark: a character from U+F026 on before their text.
 *
 * Errors: LoadError for another text.
 */
export function readState(text: string): PipelineState {
  let state: JsonObject;
  try {
    state = parseJson(storedJson(text)) as JsonObject;
  } catch (error) {
    throw new LoadError(
      'The last state of the pipeline in _dlt_pipeline_state is neither JSON nor what zlib and base64 make of it. Restore the row, or delete it to load from the last state before it.',
      { cause: error },
    );
  }
  return { ...state, sources: (state.sources ?? {}) as PipelineState['sources'] };
}

/** A state as the text of `_dlt_pipeline_state`. */
export function stateText(state: PipelineState): string {
  return deflateSync(printJson(bare(state)), { level: 9 }).toString('base64');
}

/**
 * The state after a load: the cursors in place of earlier ones, the pipeline's own members as they
 * are now, and the next version where the content has another hash. `null` where it has the same:
 * dlt writes a state only when it changes.
 */
export function nextState(
  before: PipelineState,
  owner: StateOwner,
  cursors: readonly CursorState[],
): PipelineState | null {
  const { schema_names: known = [], default_schema_name: first = owner.schema } = before;
  const state: PipelineState = {
    ...withCursors(before, owner.schema, cursors),
    _state_engine_version: STATE_ENGINE_VERSION,
    pipeline_name: owner.pipeline,
    dataset_name: owner.dataset,
    default_schema_name: first,
    schema_names: [...new Set([...(known as string[]), owner.schema])].sort(),
    destination_type: owner.destinationType,
    destination_name:
      before.destination_type === owner.destinationType ? (before.destination_name ?? null) : null,
  };
  const hash = stateHash(state);
  if (hash === before._version_hash) return null;
  const version = (before._state_version ?? 0) + 1;
  return { ...state, _state_version: version, _version_hash: hash };
}

/**
 * dlt's hash of a state: SHA3-256 in base64 of its JSON with sorted keys, without its version
 * and what is only about one machine.
 */
export function stateHash(state: PipelineState): string {
  const content = Object.entries(bare(state)).filter(([key]) => !UNHASHED.has(key));
  return createHash('sha3-256')
    .update(sortedJson(Object.fromEntries(content)))
    .digest('base64');
}

const UNHASHED = new Set(['_state_version', '_state_engine_version', '_version_hash', '_local']);

/** The state without what resources of a source keep; of all where none are given. */
export function withoutResources(
  state: PipelineState,
  schema: string,
  resources: readonly string[] | 'all',
): PipelineState {
  const { [schema]: source, ...others } = state.sources;
  if (source === undefined) return state;
  if (resources === 'all') return { ...state, sources: others };
  if (source.resources === undefined) return state;
  const kept = Object.entries(source.resources).filter(([name]) => !resources.includes(name));
  return {
    ...state,
    sources: { ...others, [schema]: { ...source, resources: Object.fromEntries(kept) } },
  };
}

/** dlt has no member `sources` as long as no source keeps anything. */
function bare({ sources, ...state }: PipelineState): JsonObject {
  return Object.keys(sources).length === 0 ? state : { ...state, sources };
}
