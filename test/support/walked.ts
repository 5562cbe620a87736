import { openShape, type WalkedColumn, type WalkedTable } from '#operators/columns/walk.js';
import { locate } from '#operators/json/locate.js';
import { isValid, laneReader, type LaneValue } from '#operators/schema/lane-value.js';
import type { Span } from 'sluice/operators';

const encoder = new TextEncoder();

/** Walks a document's rows with a fresh shape. */
export function walked(
  text: string | Uint8Array,
  options: { stamp?: string; span?: Partial<Span>; selector?: string } = {},
): WalkedTable[] {
  const body = typeof text === 'string' ? encoder.encode(text) : text;
  const { span } = locate(body, { selectors: [options.selector ?? '@'] });
  const shape = openShape(() => 'flatten');
  try {
    return shape.walk(
      body,
      { ...span, ...options.span },
      options.stamp === undefined ? null : encoder.encode(options.stamp),
    );
  } finally {
    shape.close();
  }
}

/** A value as a lane holds it, distinguished by its lane. */
export interface Cell {
  kind: string;
  value: LaneValue;
}

/** The cell of a row in a column; undefined where it is null. */
export function cell({ lanes, text }: WalkedColumn, row: number): Cell | undefined {
  for (const lane of lanes)
    if (isValid(lane.validity, row)) return { kind: lane.kind, value: laneReader(lane, text)(row) };
  return undefined;
}

/** Rows of a table as objects by dotted raw path. */
export function tableRows({ rows, columns }: WalkedTable): Record<string, Cell>[] {
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      columns.flatMap((column): [string, Cell][] => {
        const found = cell(column, row);
        return found === undefined ? [] : [[JSON.stringify(column.path), found]];
      }),
    ),
  );
}

/**
 * What JavaScript says a scalar is, as a cell: the model that the kernel is held against. `literal`
 * is its JSON text.
 */
export function modelCell(value: string | number | boolean, literal: string): Cell {
  if (typeof value === 'string') return { kind: 'text', value };
  if (typeof value === 'boolean') return { kind: 'bool', value };
  if (/^-?\d+$/.test(literal)) {
    const big = BigInt(literal);
    return big >= -(2n ** 63n) && big < 2n ** 63n
      ? { kind: 'bigint', value: big }
      : { kind: 'hugeint', value: literal };
  }
  return Number.isFinite(value) ? { kind: 'double', value } : { kind: 'hugeint', value: literal };
}
