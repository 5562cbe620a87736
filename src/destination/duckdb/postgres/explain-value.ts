import type { ShapedColumn, ShapedTable } from '../../../../operators/types.js';
import { LoadError } from '../../../errors.js';
import { escapedNulAt } from './strip-nul.js';

/** How DuckDB and Postgres say that a value is none of Postgres'. */
const REFUSED =
  /NULL-byte|invalid byte sequence.*0x00|unsupported Unicode escape sequence|out of range/i;

/** The first moment of Postgres: 24 November 4714 BC, as days and microseconds since 1970. */
const FIRST_DAY = -2_440_588;
const FIRST_MICROS = -210_866_803_200_000_000n;

/**
 * Names the column and row whose value Postgres refused: a NUL character in a text, `\u0000` in
 * JSON, a date before its calendar. Null for other errors.
 */
export function explainValue(error: unknown, table: ShapedTable): Error | null {
  if (!REFUSED.test((error as Error).message)) return null;
  for (const column of table.columns) {
    const found = refusedIn(column);
    if (found === null) continue;
    return new LoadError(
      `Column ${table.schema.name}.${column.name} has ${found.what} in row ${found.row + 1} of a batch of ${table.rows}, and Postgres stores none. ${found.advice}`,
      { cause: error },
    );
  }
  return null;
}

interface Refused {
  row: number;
  what: string;
  advice: string;
}

function refusedIn({ dataType, offsets, data, rows }: ShapedColumn): Refused | null {
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
  if (dataType !== 'date' && dataType !== 'timestamp') return null;
  const values =
    dataType === 'date'
      ? new Int32Array(data.buffer, data.byteOffset, rows)
      : new BigInt64Array(data.buffer, data.byteOffset, rows);
  const first = dataType === 'date' ? FIRST_DAY : FIRST_MICROS;
  const row = (values as readonly (number | bigint)[] & typeof values).findIndex(
    (value: number | bigint) => value < first,
  );
  return row < 0
    ? null
    : {
        row,
        what: `a ${dataType} before 4713 BC`,
        advice: "Declare `dataType: 'text'` for the column.",
      };
}
