import { locate } from '../../../operators/json/locate.js';
import { parseJson } from '../../../operators/json/parse-json.js';
import { pathOf } from '../../../operators/json/paths.js';
import type { Json, Span } from '../../../operators/types.js';
import { describesList, membersOf } from '../paginators/detect/members.js';
import type { ListRequest } from './list.js';
import type { RowSlices } from './rows/big/row-slices.js';

/** A body without its rows, and the keys that lead to where they were. */
export interface Envelope {
  value: Json;
  rowsAt: readonly string[];
}

/** A page as it was found. */
export interface PageBytes {
  /** The whole response as JSON. */
  document: Uint8Array;
  /** What the rows lie in: the document, or one that was made of what a wildcard gathered. */
  body: Uint8Array;
  span: Span;
  /** The rows, where they are in a file: then the document has only the first of them. */
  slices?: Pick<RowSlices, 'facts'>;
}

/**
 * Larger envelopes (a list of included records, say) are only looked at where the first one spoke.
 */
const SMALL = 32 * 1024;

/** Reads the envelopes of one list's pages. */
export interface EnvelopeReader {
  read(page: PageBytes): Envelope | null;
  /** Members that describe the list in its first large envelope; null before it. */
  members(): readonly (readonly string[])[] | null;
}

/** Members of a large envelope that are looked at on later pages. */
const MOST_MEMBERS = 1_000;
/** Members that are looked at on every page: they are there only where something failed. */
const FAULTS: readonly (readonly string[])[] = [
  ['errors'],
  ['error'],
  ['fault'],
  ['errorMessages'],
];

/**
 * Reads what is around the rows of a list's pages. Null where there is nothing: the rows are the
 * whole body. The rows themselves are not parsed; of an envelope over 32 KiB after the first page
 * only those members are read that described the list there, and those that report errors.
 *
 * @param selector where the rows are looked for first
 * @param members those of the first large envelope, where it was read before
 */
export function envelopeReader(
  selector: string | undefined,
  limits: ListRequest['limits'],
  members: readonly (readonly string[])[] | null = null,
): EnvelopeReader {
  let known = members;
  const read: EnvelopeReader['read'] = (page) => {
    const { document, body, span } = page;
    const isGathered = body !== document;
    const isAll = !isGathered && span.kind !== 'none' && around(document, span).every(isBlank);
    if (isAll || (isGathered && keysBefore(selector).length === 0)) return null;
    const parts = isGathered || span.kind === 'none' ? [document] : around(document, span);
    const size = parts.reduce((sum, { length }) => sum + length, 0);
    const value =
      size > SMALL && known !== null
        ? membersAt(document, [...known, ...FAULTS], limits)
        : parseJson(
            parts.length === 1
              ? document
              : Buffer.concat([parts[0] as Uint8Array, ROWS, parts[1] as Uint8Array]),
          );
    const found = membersOf(value, DEEPEST);
    const rowsAt = found.find((member) => member.value === MARK)?.keys ?? keysBefore(selector);
    if (size > SMALL)
      known ??= found
        .filter(({ value: inner }) => typeof inner !== 'object' || inner === null)
        .filter((member) => member.value !== MARK && describesList(member, rowsAt))
        .slice(0, MOST_MEMBERS)
        .map(({ keys }) => keys);
    return { value, rowsAt };
  };
  return { read, members: () => known };
}

const DEEPEST = 6;
/** Stands where the rows were. */
const MARK = '\u0000rows';
const ROWS = Buffer.from(JSON.stringify(MARK));

function around(document: Uint8Array, { start, end }: Span): Uint8Array[] {
  return [document.subarray(0, start), document.subarray(end)];
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}

/** The keys in front of a selector's first wildcard. */
function keysBefore(selector = '@'): string[] {
  const keys = selector.replace(/^[@$]\.?/, '').split('.');
  const wild = keys.findIndex((key) => key.includes('*'));
  if (wild < 0) return keys.filter((key) => key !== '');
  const last = (keys[wild] as string).split(/\[?\*/)[0] as string;
  return [...keys.slice(0, wild), last].filter((key) => key !== '');
}

/** The members with these keys, nested as they are in the document. */
function membersAt(
  document: Uint8Array,
  known: readonly (readonly string[])[],
  limits: ListRequest['limits'],
): Json {
  const { values } = locate(document, { selectors: ['@'], paths: known.map(pathOf), limits });
  const root: Record<string, Json> = {};
  for (const [i, keys] of known.entries()) {
    const value = values[i];
    if (value === undefined) continue;
    let within = root;
    for (const key of keys.slice(0, -1)) within = (within[key] ??= {}) as Record<string, Json>;
    within[keys.at(-1) as string] = value;
  }
  return root;
}
