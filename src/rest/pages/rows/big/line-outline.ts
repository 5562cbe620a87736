import { withKernel } from '../../../../../operators/columns/kernel.js';
import type { Limits } from '../../../../../operators/columns/limits.js';
import { JsonError, LimitError } from '../../../../../operators/errors.js';
import { groupedDigits } from '../../../../../operators/settings/grouped-digits.js';
import { jsonLines } from '../json-lines.js';
import type { ByteSource } from './byte-source.js';
import { shifted } from './json-window.js';
import { ListPieces } from './list-facts.js';
import type { Outline } from './outline.js';
import { RowCuts } from './row-cuts.js';

/**
 * Bytes of rows that are kept as the beginning of the list: more than what "no rows" is written
 * with.
 */
const KEPT = 8 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads lines of JSON once, piece by piece, and checks every value. They are one list: its document
 * has the first of them.
 *
 * Errors: those of `jsonLines`, with the line and the place in the whole body, and of `outline`.
 *
 * @param sliceBytes bytes at which a slice ends; more only where one line has more
 */
export async function lineOutline(
  body: ByteSource,
  { limits, sliceBytes }: { limits: Limits; sliceBytes: number },
): Promise<Outline> {
  const cuts = new RowCuts();
  const all = new ListPieces();
  const beginnings: Buffer[] = [];
  let keptBytes = 0;
  let buffer = new Uint8Array(Math.min(sliceBytes, body.size));
  let size = buffer.length;
  let lines = 0;
  for (let from = 0; from < body.size;) {
    if (size > buffer.length) buffer = new Uint8Array(size);
    const isEnd = from + size >= body.size;
    const bytes = await body.read(from, Math.min(from + size, body.size), buffer);
    const length = isEnd ? bytes.length : bytes.lastIndexOf(NEWLINE) + 1;
    if (length === 0) {
      if (size > limits.rowBytes) throw tooLong(limits);
      size *= 2;
      continue;
    }
    const piece = bytes.subarray(0, length);
    const to = from + length;
    cuts.add(piece);
    const kept = KEPT - keptBytes;
    const { list, count, beginning } = checked(piece, from, { lines, limits, kept });
    cuts.cut({ from, to, count });
    all.add(list);
    if (beginning.length > 0) beginnings.push(beginning);
    keptBytes += beginning.length;
    lines += linesIn(piece);
    from = to;
    size = Math.min(sliceBytes, buffer.length);
  }
  const document = Buffer.from(
    `[${beginnings.map((part) => part.toString('latin1')).join(',')}]`,
    'latin1',
  );
  const [at, to] = [0, document.length];
  const long = {
    kind: 'array' as const,
    keys: [],
    at,
    to,
    start: 0,
    end: body.size,
    ...cuts.all(),
    asList: all.facts(),
  };
  return { document, longLists: [long], entered: [] };
}

/**
 * The rows in whole lines as a list, their number, and the first of them as elements, up to so many
 * bytes.
 *
 * @param from their place in the body, behind `lines` others
 */
function checked(
  piece: Uint8Array,
  from: number,
  { lines, limits, kept }: { lines: number; limits: Limits; kept: number },
): { list: Uint8Array; count: number; beginning: Buffer } {
  try {
    const list = jsonLines(piece);
    return withKernel(list, limits, (kernel) => {
      const { start } = kernel.put(list, limits);
      const { call, page } = kernel;
      const first = call.blanks(start + 1);
      const close = page + list.length - 1;
      if (first === close && kernel.u8[close] === CLOSE_LIST)
        return { list, count: 0, beginning: Buffer.alloc(0) };
      if (call.checkElements(first, page + list.length, 1) !== close)
        throw kernel.refusal(list, limits);
      const count = call.elementsChecked();
      const end = kept > 0 ? call.checkElements(first, first + kept, 1) : first;
      return { list, count, beginning: Buffer.from(list.subarray(first - page, end - page)) };
    });
  } catch (error) {
    const own = shifted(error, from);
    throw own instanceof JsonError ? atLine(own, lines) : own;
  }
}

const CLOSE_LIST = 0x5d;

function atLine(error: JsonError, lines: number): JsonError {
  const message = error.message.replace(
    /Line (\d+) is not one JSON value/,
    (_, line: string) => `Line ${Number(line) + lines} is not one JSON value`,
  );
  return new JsonError(message, error.offset, error.incomplete, { cause: error.cause });
}

function linesIn(piece: Uint8Array): number {
  let count = 0;
  for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

function tooLong({ rowBytes }: Limits): LimitError {
  return new LimitError(
    `One line of the body has more than ${groupedDigits(rowBytes)} bytes. Raise \`limits.rowBytes\` of the resource if that is right.`,
  );
}
