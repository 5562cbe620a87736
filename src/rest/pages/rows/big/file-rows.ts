import { limitsOf } from '../../../../../operators/columns/limits.js';
import { pathOf, readings } from '../../../../../operators/json/paths.js';
import { valueAtPath } from '../../../../../operators/json/value-at.js';
import type { BodyFile } from '../../../http/body/body-file.js';
import type { List } from '../../list.js';
import type { ListLengths } from '../data-selector.js';
import type { PageRows } from '../page-rows.js';
import type { ByteSource } from './byte-source.js';
import { HELD } from './held-responses.js';
import { lineOutline } from './line-outline.js';
import { type LongList, outline } from './outline.js';
import { RowSlices } from './row-slices.js';

type Selection = Pick<List, 'dataSelector' | 'format' | 'limits' | 'paginator'>;
type Found = PageRows & { document: Uint8Array };

const MIB = 1024 * 1024;

/** Bytes of a slice, for bodies that are in memory up to so many bytes. */
export function sliceBytes(memoryBytes: number = Number.POSITIVE_INFINITY): number {
  return Math.max(MIB / 16, Math.min(2 * MIB, Math.floor(memoryBytes / 8)));
}

/**
 * Finds the rows of a response in a file. Where they are one long list, they stay there and come in
 * slices. Else the response is read to memory, as far as the rows need it: few and large ones, a
 * map of rows, and what wildcards gather. The file is closed then, and where this fails.
 *
 * `held`: why it was read to memory.
 *
 * Errors: those of `outline`, `lineOutline` and of the functions that are passed.
 *
 * @param paths of values to read beside the rows
 * @param read finds the rows in a document; it gets one with the first rows of each long list,
 *   and their lengths
 * @param readWhole the same for a body as it came
 */
export async function fileRows<F extends Found>(
  file: BodyFile,
  { dataSelector, format, limits, paginator }: Selection,
  paths: readonly string[],
  {
    signal,
    sliceBytes: size,
    read,
    readWhole,
  }: {
    signal: AbortSignal;
    sliceBytes: number;
    read: (document: Uint8Array, lengths: ListLengths) => F | 'wait';
    readWhole: (bytes: Uint8Array) => F | 'wait';
  },
): Promise<(F & { slices?: RowSlices; held?: string }) | 'wait'> {
  let isKept = false;
  async function whole(held: string): Promise<(F & { held: string }) | 'wait'> {
    const found = readWhole(await file.read(0, file.size));
    return found === 'wait' ? found : Object.assign(found, { held });
  }
  try {
    const options = { limits: limitsOf(limits), sliceBytes: size };
    const bytes: ByteSource = {
      size: file.size,
      read(from, to, into) {
        signal.throwIfAborted();
        return file.read(from, to, into);
      },
    };
    const isLines = format === 'ndjson';
    const outlined = await (isLines ? lineOutline : outline)(bytes, options);
    const { document, longLists } = outlined;
    /** Whether a path leads to a long list, into one, or to what holds one. */
    const touches = (path = ''): boolean =>
      readings(path).some((keys) =>
        longLists.some((list) =>
          keys.every((key, i) => i >= list.keys.length || key === list.keys[i]),
        ),
      );
    const isTouched = longLists.length > 0 && paths.some((path) => touches(path));
    const isIndexed = dataSelector?.some((path) => INDEXED.test(path)) === true;
    if (longLists.length > 0 && isIndexed) return await whole(HELD.indexed);
    const found = read(
      document,
      new Map(longLists.map(({ keys, count }) => [pathOf(keys), count])),
    );
    if (found === 'wait') return found;
    const { body, span } = found;
    const isOne = body === document && span.kind === 'array';
    const rows = isOne ? longLists.find(({ at }) => at === span.start) : undefined;
    if (rows !== undefined) {
      const format = isLines ? 'ndjson' : 'json';
      const slices = await RowSlices.of(file, rows, { format, outline: outlined });
      isKept = true;
      const all = isTouched ? slices.document() : null;
      const values = found.values.map((value, i) =>
        all !== null && touches(paths[i]) ? valueAtPath(all, paths[i] as string) : value,
      );
      return Object.assign(found, { span: { ...span, count: rows.count }, values, slices });
    }
    if (longLists.length > 0 && isOwn(paginator)) return await whole(HELD.paginator);
    if (isTouched) return await whole(HELD.indexed);
    return longLists.some((list) => isWithin(list, found))
      ? await whole(span.kind === 'map' ? HELD.map : HELD.nested)
      : span.kind === 'map'
        ? Object.assign(found, { held: HELD.map })
        : found;
  } finally {
    if (!isKept) await file.close();
  }
}

/** A path into a list, whose element may be left out. */
const INDEXED = /[[*]|(^|\.)-?\d+(\.|$)/;

/** Whether a paginator is the user's, which may look at any part of a response. */
function isOwn(paginator: List['paginator']): boolean {
  return typeof paginator === 'object' && paginator.config === null;
}

/** Whether rows have a list in them that is cut short. */
function isWithin({ at }: LongList, { body, document, span }: Found): boolean {
  return body !== document || (span.kind !== 'none' && at >= span.start && at < span.end);
}
