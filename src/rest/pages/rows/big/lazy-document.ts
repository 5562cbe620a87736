import { parseJson } from '../../../../../operators/json/parse-json.js';
import { valueAt } from '../../../../../operators/json/value-at.js';
import type { Json, JsonObject } from '../../../../../operators/types.js';
import { lazyList } from './lazy-list.js';
import type { Outline } from './outline.js';

/**
 * The whole document of an outline, as if it were parsed. Its long lists are not in memory
 * (`lazyList`); of long maps it has the first members.
 *
 * @param read gives the elements of a slice
 */
export function lazyDocument(
  { document, longLists }: Outline,
  read: Parameters<typeof lazyList>[1],
): Json {
  const parts: Uint8Array[] = [];
  const lists = longLists.filter(({ kind }) => kind === 'array');
  let done = 0;
  for (const [i, { at, to }] of lists.entries()) {
    parts.push(document.subarray(done, at), Buffer.from(JSON.stringify(markOf(i))));
    done = to;
  }
  const root = { document: parseJson(Buffer.concat([...parts, document.subarray(done)])) };
  for (const [i, { keys, slices }] of lists.entries()) {
    const path = ['document', ...keys];
    // Of a key that comes twice the last one counts, which may be no long list.
    if (valueAt(root, path) !== markOf(i)) continue;
    const holder = valueAt(root, path.slice(0, -1)) as JsonObject;
    holder[path.at(-1) as string] = lazyList(slices, read);
  }
  return root.document;
}

/** Stands where a list is. */
function markOf(index: number): string {
  return `\u0000list ${index}`;
}
