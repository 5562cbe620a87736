import { buildBuffers } from '#operators/schema/build-buffers.js';
import type { ColumnValue } from '#operators/schema/lane-value.js';
import type { Buffers, ColumnType } from 'sluice/operators';

/**
 * Builds the buffers of a column as they may lie in a batch: views within larger buffers, texts
 * behind others, and anything where the nulls are.
 */
export function scattered(
  type: ColumnType,
  values: readonly (ColumnValue | undefined)[],
  next: () => number,
): Buffers {
  const below = (count: number): number => Math.floor(next() * count);
  const built = buildBuffers(type, values);
  const filler = next() < 0.5 ? undefined : values.find((value) => value !== undefined);
  const { offsets, data } =
    filler === undefined
      ? built
      : buildBuffers(
          type,
          values.map((value) => value ?? filler),
        );
  const ahead = offsets === null ? 0 : below(40);
  return {
    rows: built.rows,
    nulls: built.nulls,
    validity: built.validity && within(built.validity, below(9), below(9)),
    offsets: offsets && offsets.map((at) => at + ahead),
    data:
      offsets === null
        ? within(data, 8 * below(5), below(9))
        : ahead === 0
          ? data
          : behind(data, ahead),
  };
}

/** A view of the same bytes between others. */
function within(bytes: Uint8Array, before: number, after: number): Uint8Array {
  const larger = new Uint8Array(before + bytes.length + after).fill(0xff);
  larger.set(bytes, before);
  return larger.subarray(before, before + bytes.length);
}

/** The same bytes behind others, which no text begins with. */
function behind(bytes: Uint8Array, ahead: number): Uint8Array {
  const larger = new Uint8Array(ahead + bytes.length).fill(0xff);
  larger.set(bytes, ahead);
  return larger;
}
