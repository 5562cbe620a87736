import { pythonDouble } from '../../json/python-json.js';
import type { Buffers, DataType } from '../../types.js';
import { buildBuffers } from '../build-buffers.js';
import { isValid } from '../lane-value.js';

/**
 * Returns a column as dlt leaves it in DuckDB: -0.0 is 0.0, a text has no NUL characters, and
 * numbers within kept JSON are printed as dlt prints them. The same buffers where nothing is to
 * change.
 */
export function asDltStores(column: Buffers, dataType: DataType): Buffers {
  if (dataType === 'double') return withoutMinusZero(column);
  if (dataType === 'text' && column.data.includes(0))
    return mapTexts(column, 'text', (text) => text.replaceAll('\0', ''));
  return dataType === 'json' ? mapTexts(column, 'json', dltJson) : column;
}

function withoutMinusZero(column: Buffers): Buffers {
  const { rows, data } = column;
  const doubles = new Float64Array(data.buffer, data.byteOffset, rows);
  if (!doubles.some((value) => Object.is(value, -0))) return column;
  return { ...column, data: new Uint8Array(doubles.map((value) => value + 0).buffer) };
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function mapTexts(column: Buffers, dataType: DataType, map: (text: string) => string): Buffers {
  const { rows, validity, data } = column;
  const offsets = column.offsets as Int32Array;
  return buildBuffers(
    { dataType },
    Array.from({ length: rows }, (_, row) =>
      isValid(validity, row)
        ? map(decoder.decode(data.subarray(offsets[row], offsets[row + 1])))
        : undefined,
    ),
  );
}

/** Texts, which stay, and numbers. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/**
 * Prints the numbers of a JSON text as dlt does (orjson): `1000.0`, `0.00001`, `1e-6`, `1e+16`;
 * null for those that no double holds.
 */
export function dltJson(json: string): string {
  return json.replaceAll(TOKEN, (token) => {
    if (token.startsWith('"')) return token;
    if (token === '-0') return '0';
    if (!/[.eE]/.test(token)) return token;
    return pythonDouble(Number(token));
  });
}
