import { isObject } from '../json/is-object.js';
import { fits } from './fits.js';
import type { Shape } from './shape.js';

/**
 * Leaves out what counts as not given, at every level: members that are undefined, and those that
 * are null where null is not a value of their own, as in dlt's configs. Everything else stays,
 * also where it is wrong; what has nothing to leave out stays the same object.
 */
export function withoutNulls<T>(value: T, shape: Shape): T {
  return given(value, shape) as T;
}

function given(value: unknown, shape: Shape): unknown {
  if (shape.kind === 'either') {
    const one = shape.of.find((each) => fits(value, each));
    return one === undefined ? value : given(value, one);
  }
  if (shape.kind === 'list') return Array.isArray(value) ? elements(value, shape.of) : value;
  if (!isObject(value)) return value;
  if (shape.kind === 'map') return fits(null, shape.of) ? value : members(value, () => shape.of);
  if (shape.kind === 'record') return members(value, (key) => own(shape.fields, key));
  if (shape.kind !== 'tagged') return value;
  const type = value['type'] ?? shape.standard;
  const record = typeof type === 'string' ? own(shape.types, type) : undefined;
  return record === undefined ? value : members(value, (key) => own(record.fields, key));
}

function members(
  object: Readonly<Record<string, unknown>>,
  shapeOf: (key: string) => Shape | undefined,
): object {
  const kept = Object.entries(object).flatMap(([key, value]): [string, unknown][] => {
    const shape = shapeOf(key);
    // A key that nobody knows stays, to be named.
    if (shape === undefined) return value === undefined ? [] : [[key, value]];
    return value === undefined || (value === null && !fits(null, shape))
      ? []
      : [[key, given(value, shape)]];
  });
  const isSame =
    kept.length === Object.keys(object).length && kept.every(([key, one]) => object[key] === one);
  return isSame ? object : Object.fromEntries(kept);
}

function elements(list: readonly unknown[], shape: Shape): readonly unknown[] {
  const kept = list.map((one) => given(one, shape));
  return kept.every((one, i) => one === list[i]) ? list : kept;
}

function own<V>(record: Readonly<Record<string, V>>, key: string): V | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
