import type { ShapedTable } from '../../../operators/types.js';

/** Bytes that the columns of a batch's table have; 0 for one without columns. */
export function columnBytes({ columns }: Pick<ShapedTable, 'columns'>): number {
  let bytes = 0;
  for (const { data, offsets, validity } of columns)
    bytes += data.byteLength + (offsets?.byteLength ?? 0) + (validity?.byteLength ?? 0);
  return bytes;
}
