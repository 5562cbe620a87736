import { layoutOf } from '../../../../operators/schema/column-type.js';
import { markPlace } from '../../../../operators/settings/error-place.js';
import { placeOf } from '../../../../operators/settings/with-place.js';
import type { Position, ShapedColumn, ShapedTable } from '../../../../operators/types.js';
import { LoadError } from '../../../errors.js';
import { escapedNulAt } from './strip-nul.js';

/** How DuckDB and Postgres say that a value is none of Postgres'. */
const REFUSED =
  /NULL-byte|invalid byte sequence.*0x00|unsupported Unicode escape sequence|out of range|got HUGEINT|CONTEXT:/i;

/** How Postgres says which value it was: the line is the row of the batch. */
const REFUSED_AT = /ERROR: +(.*)[^]*?CONTEXT: +COPY .*?, line (\d+), column ([^]*?): "/;

/** From here on integers have more digits than decimals of DuckDB. */
const TOO_LARGE = 10n ** 38n;

/**
 * The first and last day of Postgres, 24 November 4714 BC and 31 December 5874897, as days since
 * 1970; and its first moment in microseconds. Its last one is behind the last of DuckDB.
 */
const FIRST_DAY = -2_440_588;
const LAST_DAY = 2_145_042_905;
const FIRST_MICROS = -210_866_803_200_000_000n;

/** What DuckDB takes for infinity, which Postgres has as well: of days, and of microseconds. */
const INFINITE_DAY = 2 ** 31 - 1;
const INFINITE_MICROS = 2n ** 63n - 1n;

/**
 * Names the column, the row and its pages whose value Postgres refused: a NUL character in a text,
 * `\u0000` in JSON, a date outside its calendar, an integer of 39 digits, or what the server itself
 * has named. Null for other errors. `positions` are those of the batch.
 */
export function explainValue(
  error: unknown,
  table: ShapedTable,
  positions: readonly Position[],
): Error | null {
  const { message } = error as Error;
  if (!REFUSED.test(message)) return null;
  const said = found(table) ?? named(message, table);
  if (said === null) return null;
  const pages = positions.filter(({ resource }) => resource === table.hints.resource);
  const [first, last] = [pages[0], pages.at(-1)];
  const place = first === undefined || last === undefined ? 'A batch' : between(first, last);
  const refusal = new LoadError(`${place}: ${said}`, { cause: error });
  return first !== undefined && first === last
    ? markPlace(refusal, { resource: first.resource, parent: first.parent, page: first.page })
    : refusal;
}

/** Says which value is none of Postgres'; null where all of them are. */
function found({ schema, columns, rows }: ShapedTable): string | null {
  for (const column of columns) {
    const refused = refusedIn(column);
    if (refused !== null)
      return `column ${schema.name}.${column.name} has ${refused.what} in row ${refused.row + 1} of ${rows}, and Postgres stores none. ${refused.advice}`;
  }
  return null;
}

/** Says which value the server has named, without the value itself; null where it named none. */
function named(message: string, { schema, rows }: ShapedTable): string | null {
  const [, what, row, column] = REFUSED_AT.exec(message) ?? [];
  return what === undefined
    ? null
    : `Postgres refuses the value of column ${schema.name}.${column} in row ${row} of ${rows}: ${what.trim()}. Remove it in \`processingSteps\`, or declare \`dataType: 'text'\` for the column.`;
}

/** The pages of a batch, from the first to the last. */
function between(first: Position, last: Position): string {
  const from = placeOf(first.resource, first.parent, first.page);
  if (first === last) return from;
  return first.parent === last.parent
    ? `${from} to ${last.page + 1}`
    : `${from} to ${placeOf(last.resource, last.parent, last.page)}`;
}

interface Refused {
  row: number;
  what: string;
  advice: string;
}

function refusedIn(column: ShapedColumn): Refused | null {
  const { dataType, offsets, data, rows } = column;
  if (offsets !== null && dataType !== 'binary') {
    const texts = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const at = dataType === 'json' ? escapedNulAt(texts) : texts.indexOf(0);
    return at < 0
      ? null
      : {
          row: offsets.findIndex((offset) => offset > at) - 1,
          what: dataType === 'json' ? '`\\u0000` in its JSON' : 'a NUL character in its text',
          advice:
            "Remove it in `processingSteps`, or give `nul: 'strip'` to postgres() to leave such characters out.",
        };
  }
  if (dataType === 'bigint' && layoutOf(column) === 16) return tooLarge(data, rows);
  if (dataType !== 'date' && dataType !== 'timestamp') return null;
  const values =
    dataType === 'date'
      ? new Int32Array(data.buffer, data.byteOffset, rows)
      : new BigInt64Array(data.buffer, data.byteOffset, rows);
  const [first, last, infinite] =
    dataType === 'date'
      ? [FIRST_DAY, LAST_DAY, INFINITE_DAY]
      : [FIRST_MICROS, INFINITE_MICROS, INFINITE_MICROS];
  const row = (values as readonly (number | bigint)[] & typeof values).findIndex(
    (value: number | bigint) =>
      (value < first || value > last) && value !== infinite && value !== -infinite,
  );
  return row < 0
    ? null
    : {
        row,
        what: `a ${dataType} before 4713 BC${dataType === 'date' ? ' or after the year 5874897' : ''}`,
        advice: "Declare `dataType: 'text'` for the column.",
      };
}

/** The first integer that has 39 digits. */
function tooLarge({ buffer, byteOffset }: Uint8Array, rows: number): Refused | null {
  const words = new BigInt64Array(buffer, byteOffset, rows * 2);
  for (let row = 0; row < rows; row += 1) {
    const low = BigInt.asUintN(64, words[row * 2] as bigint);
    const value = ((words[row * 2 + 1] as bigint) << 64n) | low;
    if (value >= TOO_LARGE || value <= -TOO_LARGE)
      return {
        row,
        what: 'an integer of 39 digits',
        advice: "Declare `dataType: 'text'` for the column.",
      };
  }
  return null;
}
