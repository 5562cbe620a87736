import { printMember } from '../../../../../operators/json/print-json.js';
import { selectAll } from '../../../../../operators/json/select-all.js';
import type { Json } from '../../../../../operators/types.js';
import { BodyFile } from '../../../http/body/body-file.js';
import type { List } from '../../list.js';
import { cutListIn } from '../nested-lists.js';
import type { LargeDocument } from './large-document.js';
import type { LongList } from './outline.js';
import { RowCuts } from './row-cuts.js';
import { RowSlices } from './row-slices.js';

/** Rows that were gathered into a file of their own. */
export interface GatheredRows {
  /** Null where there are none. */
  slices: RowSlices | null;
  count: number;
  /** What a list within the response says of more than it holds (`cutListIn`). */
  cut: string | null;
  /** Of `PageRows`. */
  beside: readonly string[] | null;
}

/**
 * Gathers what a selector with wildcards leads to from a long list or map, slice by slice: no more
 * of it is in memory. Each slice gives one of rows.
 *
 * Errors: those of `selectAll`, and of the file; nothing is left then.
 */
export async function gatherRows(
  { kind, keys, slices }: LongList,
  document: LargeDocument,
  selector: string,
  { rows, key }: Pick<List, 'rows' | 'key'>,
): Promise<GatheredRows> {
  const file = await BodyFile.make();
  const cuts = new RowCuts();
  let cut: string | null = null;
  let beside: readonly string[] | null = null;
  let reached = 0;
  try {
    await add(OPEN);
    for (const slice of slices) {
      const elements = within(keys, await document.part(slice, kind));
      const { members, lists, ...found } = selectAll(elements, selector, {
        rows,
        ...(key !== null && { key }),
      });
      cut ??= cutListIn({ selector, lists });
      // What is missing is so where no element has more of the path.
      if (found.reached > reached) ({ reached, beside } = found);
      else if (found.reached === reached) beside ??= found.beside;
      if (members.length === 0) continue;
      if (file.size > OPEN.length) await add(COMMA);
      const from = file.size;
      await add(Buffer.from(members.map(({ holder, key }) => printMember(holder, key)).join(',')));
      cuts.cut({ from, to: file.size, count: members.length });
    }
    await add(CLOSE);
    await file.flush();
    const list = { kind: 'array' as const, start: 0, end: file.size, ...cuts.all() };
    if (list.count > 0) {
      const slices = await RowSlices.of(file, list, { format: 'json', document });
      return { slices, count: list.count, cut, beside };
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return { slices: null, count: 0, cut, beside };

  async function add(bytes: Uint8Array): Promise<void> {
    cuts.add(bytes);
    await file.add(bytes);
  }
}

/** A document that has a list or map at these keys, and nothing else. */
function within(keys: readonly string[], list: Json): Json {
  return keys.reduceRight<Json>((inner, key) => Object.fromEntries([[key, inner]]), list);
}

const [OPEN, COMMA, CLOSE] = [Buffer.from('['), Buffer.from(','), Buffer.from(']')];
