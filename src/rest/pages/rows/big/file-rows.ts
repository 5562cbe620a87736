import { type Limits, limitsOf } from '../../../../../operators/columns/limits.js';
import { SelectError } from '../../../../../operators/errors.js';
import { locate } from '../../../../../operators/json/locate.js';
import { pathOf, readings, stretches } from '../../../../../operators/json/paths.js';
import { valueAtPath } from '../../../../../operators/json/value-at.js';
import type { BodyFile } from '../../../http/body/body-file.js';
import type { List } from '../../list.js';
import type { ListLengths } from '../data-selector.js';
import type { PageRows } from '../page-rows.js';
import type { ByteSource } from './byte-source.js';
import { gatherRows } from './gather-rows.js';
import { HELD, type Held } from './held-responses.js';
import { type LargeDocument, largeDocument } from './large-document.js';
import { lineOutline } from './line-outline.js';
import { type LongList, outline } from './outline.js';
import { RowSlices } from './row-slices.js';

type Selection = Pick<List, 'dataSelector' | 'rows' | 'key' | 'format' | 'limits' | 'paginator'>;
type Found = PageRows & { document: Uint8Array };

const MIB = 1024 * 1024;

/** Bytes of a slice, for bodies that are in memory up to so many bytes. */
export function sliceBytes(memoryBytes: number = Number.POSITIVE_INFINITY): number {
  return Math.max(MIB / 16, Math.min(2 * MIB, Math.floor(memoryBytes / 8)));
}

/**
 * Finds the rows of a response in a file. Where they are one long list, they stay there and come in
 * slices; what wildcards gather from a long list goes to a file of its own and comes in slices,
 * too. Else the response is read to memory, as far as the rows need it: few and large ones, and a
 * map of rows. The file is closed then, and where this fails.
 *
 * `held`: why it was read to memory.
 *
 * Errors: those of `outline`, `lineOutline`, `gatherRows` and of the functions that are passed.
 *
 * @param paths of values to read beside the rows
 * @param isReadAsDlt `read` finds them by dlt's rules, which gather other rows by wildcards
 * @param read finds the rows in a document; it gets one with the first rows of each long list,
 *   and their lengths
 * @param readWhole the same for a body as it came
 */
export async function fileRows<F extends Found>(
  file: BodyFile,
  list: Selection,
  paths: readonly string[],
  {
    signal,
    sliceBytes: size,
    isReadAsDlt,
    read,
    readWhole,
  }: {
    signal: AbortSignal;
    sliceBytes: number;
    isReadAsDlt: boolean;
    read: (document: Uint8Array, lengths: ListLengths) => F | 'wait';
    readWhole: (bytes: Uint8Array) => F | 'wait';
  },
): Promise<(F & { slices?: RowSlices; held?: Held }) | 'wait'> {
  let isKept = false;
  async function whole(why: string): Promise<(F & { held: Held }) | 'wait'> {
    const found = readWhole(await file.read(0, file.size));
    return found === 'wait' ? found : Object.assign(found, { held: { why } });
  }
  try {
    const bytes: ByteSource = {
      size: file.size,
      read(from, to, into) {
        signal.throwIfAborted();
        return file.read(from, to, into);
      },
    };
    const format = list.format === 'ndjson' ? 'ndjson' : 'json';
    const outlined = await (format === 'ndjson' ? lineOutline : outline)(bytes, {
      limits: limitsOf(list.limits),
      sliceBytes: size,
      maps: mapsIn(list),
      numbered: numberedIn(list),
    });
    const { document, longLists, entered } = outlined;
    const hasLong = longLists.length > 0;
    const isIndexed =
      (format === 'ndjson' && numberedIn(list).length > 0) ||
      (isReadAsDlt && list.dataSelector?.some((selector) => selector.includes('*')) === true);
    if (hasLong && isIndexed) return await whole(HELD.indexed);
    const lengths = new Map(longLists.map(({ keys, count }) => [pathOf(keys), count]));
    const found = read(document, lengths);
    if (found === 'wait') return found;
    const { body, span, gatheredBy } = found;
    const isTouched = paths.some((path) => touches(path, longLists));
    if (
      entered.length > 0 &&
      (isOwn(list.paginator) ||
        paths.some((path) =>
          touches(
            path,
            entered.map((keys) => ({ keys })),
          ),
        ))
    )
      return await whole(HELD.indexed);
    const place = placeOf(found, list.limits);
    const rows = longLists.find(
      ({ at, kind }) =>
        at === place && (gatheredBy !== undefined || (kind === 'map') === (span.kind === 'map')),
    );
    const hasMap = longLists.some(({ kind }) => kind === 'map');
    if (hasMap && (isTouched || isOwn(list.paginator))) return await whole(HELD.map);
    if (rows !== undefined) {
      const large = largeDocument(file, outlined, format);
      const values = isTouched ? valuesIn(large, paths, { found, longLists }) : found.values;
      const sliced =
        gatheredBy === undefined
          ? {
              slices: await RowSlices.of(file, rows, { format, document: large }),
              count: rows.count,
            }
          : await gatherRows(rows, large, gatheredBy, list);
      const { slices, count, ...facts } = sliced;
      Object.assign(found, facts);
      if (slices !== null) {
        isKept = true;
        const largest = rows.slices.reduce((most, { from, to }) => Math.max(most, to - from), 0);
        const all = { kind: 'array', start: 0, end: body.length, count } as const;
        return Object.assign(found, {
          span: span.kind === 'none' || span.kind === 'value' ? all : { ...span, count },
          values,
          slices,
          ...(largest > 2 * size && { held: heldPart(largest, gatheredBy !== undefined) }),
        });
      }
    }
    if (hasLong && isOwn(list.paginator)) return await whole(HELD.paginator);
    const isElsewhere = hasLong && gatheredBy !== undefined && rows === undefined;
    if (isTouched || isElsewhere) return await whole(HELD.indexed);
    const isIn = ({ at }: LongList): boolean =>
      body === document && span.kind !== 'none' && at >= span.start && at < span.end;
    if (longLists.some(isIn)) return await whole(span.kind === 'map' ? HELD.map : HELD.nested);
    return span.kind === 'map' ? Object.assign(found, { held: { why: HELD.map } }) : found;
  } finally {
    if (!isKept) await file.close();
  }
}

/** Keys that lead to maps of rows, or to maps that wildcards lead through first. */
function mapsIn({ dataSelector, rows }: Selection): string[][] {
  const wanted = (dataSelector ?? []).map((selector) =>
    selector.includes('*')
      ? { isMap: true, ways: stretches(selector)[0] ?? [] }
      : { isMap: rows !== 'array', ways: readings(selector) },
  );
  const all = wanted.flatMap(({ ways }) => ways);
  return wanted
    .flatMap(({ isMap, ways }) => (isMap ? ways : []))
    .filter((keys) => !all.some((other) => leadsInto(other, keys)));
}

/** Whether a path leads to something within what is at these keys. */
function leadsInto(path: readonly string[], keys: readonly string[]): boolean {
  return path.length > keys.length && keys.every((key, i) => key === path[i]);
}

/**
 * Where the list is in a document that has the rows in it, or what wildcards lead through first;
 * -1 where there is no such list.
 */
function placeOf({ body, document, span, gatheredBy }: Found, limits: Partial<Limits>): number {
  if (gatheredBy === undefined) return body === document && span.kind !== 'none' ? span.start : -1;
  const [heads = []] = stretches(gatheredBy);
  try {
    const { span: head } = locate(document, { selectors: heads.map(pathOf), limits });
    return head.kind === 'none' ? -1 : head.start;
  } catch (error) {
    if (error instanceof SelectError) return -1;
    throw error;
  }
}

/** Ways to rows in which numbers are, in front of wildcards. */
function numberedIn({ dataSelector }: Selection): string[][] {
  return (dataSelector ?? [])
    .flatMap((selector) =>
      selector.includes('*') ? (stretches(selector)[0] ?? []) : readings(selector),
    )
    .filter((keys) => keys.some((key) => /^\d+$/.test(key)));
}

/** Whether a path leads to a long list, into one, or to what holds one. */
function touches(path: string, longLists: readonly Pick<LongList, 'keys'>[]): boolean {
  return readings(path).some((keys) =>
    longLists.some((long) => keys.every((key, i) => i >= long.keys.length || key === long.keys[i])),
  );
}

/** The values at the paths; those that an outline has only in part are read in the file. */
function valuesIn(
  large: LargeDocument,
  paths: readonly string[],
  { found, longLists }: { found: Found; longLists: readonly LongList[] },
): PageRows['values'] {
  const whole = large.whole();
  return paths.map((path, i) =>
    touches(path, longLists) ? valueAtPath(whole, path) : found.values[i],
  );
}

/** A slice that is larger than others is one row, or one element that rows are gathered from. */
function heldPart(bytes: number, isGathered: boolean): Held {
  return isGathered
    ? { why: HELD.elements, part: { what: 'an element', bytes } }
    : { why: HELD.row, part: { what: 'a row', bytes } };
}

/** Whether a paginator is the user's, which may look at any part of a response. */
function isOwn(paginator: List['paginator']): boolean {
  return typeof paginator === 'object' && paginator.config === null;
}
