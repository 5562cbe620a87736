import { inflateSync } from 'node:zlib';

/** A state as `_dlt_pipeline_state` keeps it, read. */
export interface StoredState {
  state: unknown;
  /**
   * Whether equal states have equal hashes: not with two hashes of rows at a boundary, which are a
   * set that dlt prints in any order.
   */
  hasStableHash: boolean;
}

/** Reads a stored state: keys and hashes are sorted, doubles are texts, so that 2.0 stays. */
export function storedState(text: string): StoredState {
  const json = inflateSync(Buffer.from(text, 'base64')).toString();
  let hasStableHash = true;
  const sorted = (key: string, value: unknown): unknown => {
    if (key === 'unique_hashes' && (value as string[]).length > 1) {
      hasStableHash = false;
      return (value as string[]).toSorted();
    }
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  };
  const state = JSON.parse(
    json.replaceAll(/:(-?\d+\.[\d.e+-]+)(?=[,}])/g, ':"$1"'),
    sorted,
  ) as Record<string, unknown>;
  if (!hasStableHash) state['_version_hash'] = 'of hashes in any order';
  return { state, hasStableHash };
}
