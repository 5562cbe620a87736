import type { ShapedColumn, ShapedTable } from '../../../../operators/types.js';

const ESCAPED = '\\u0000';
const BACKSLASH = 0x5c;

/** Where JSON has the escape of a NUL character first; -1 for nowhere. */
export function escapedNulAt(json: Buffer): number {
  for (let at = json.indexOf(ESCAPED); at >= 0; at = json.indexOf(ESCAPED, at + 1)) {
    let first = at;
    while (json[first - 1] === BACKSLASH) first -= 1;
    // Behind an odd number of backslashes it is none.
    if ((at - first) % 2 === 0) return at;
  }
  return -1;
}

/** Leaves the escapes of NUL characters out of JSON; gives a table without any as it is. */
export function stripNul(table: ShapedTable): ShapedTable {
  const isMeant = ({ dataType, data }: ShapedColumn): boolean =>
    dataType === 'json' &&
    escapedNulAt(Buffer.from(data.buffer, data.byteOffset, data.byteLength)) >= 0;
  return table.columns.some(isMeant)
    ? {
        ...table,
        columns: table.columns.map((column) => (isMeant(column) ? stripped(column) : column)),
      }
    : table;
}

function stripped(column: ShapedColumn): ShapedColumn {
  const { data, rows } = column;
  const from = column.offsets as Int32Array;
  const all = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const offsets = new Int32Array(rows + 1);
  const texts = Array.from({ length: rows }, (_, row) => {
    const json = all.toString('utf8', from[row], from[row + 1]);
    const text = Buffer.from(
      json.replace(/\\(?:u0000|[^])/g, (escape) => (escape === ESCAPED ? '' : escape)),
    );
    offsets[row + 1] = (offsets[row] as number) + text.byteLength;
    return text;
  });
  return { ...column, offsets, data: new Uint8Array(Buffer.concat(texts)) };
}
