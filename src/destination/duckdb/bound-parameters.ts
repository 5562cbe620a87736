import * as binding from '@duckdb/node-api';
import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DOUBLE,
  DuckDBBlobValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBTimestampTZValue,
  type DuckDBType,
  type DuckDBValue,
  HUGEINT,
  INTEGER,
  LIST,
  SQLNULL,
  TIMESTAMPTZ,
  UHUGEINT,
  VARCHAR,
} from '@duckdb/node-api';
import { isObject } from '../../../operators/json/is-object.js';
import { isBeyondHugeint, isWholeNumber, type QueryParameter } from './query-parameters.js';

/** Values of a query and their types, as the binding takes them. */
export interface BoundParameters {
  values: DuckDBValue[];
  /** Undefined for values of the binding, whose types it knows. */
  types: (DuckDBType | undefined)[];
}

/**
 * The parameters as the binding takes them. A Date is an instant (TIMESTAMP WITH TIME ZONE). Types
 * are said, because the binding goes by the first element of a list, takes every whole number for a
 * BIGINT, and wraps BigInt beyond HUGEINT.
 */
export function boundParameters(parameters: readonly QueryParameter[]): BoundParameters {
  const types = parameters.map((value) => typeOf([value]));
  return { values: parameters.map((value, i) => bound(value, types[i])), types };
}

const LEAST_INTEGER = -(2 ** 31);
const MOST_INTEGER = 2 ** 31 - 1;

/** The type that holds all values; they are of one kind. */
function typeOf(values: readonly QueryParameter[]): DuckDBType | undefined {
  const some = values.filter((value) => value !== null);
  const [first] = some;
  if (first === undefined) return SQLNULL;
  if (typeof first === 'boolean') return BOOLEAN;
  if (typeof first === 'string') return VARCHAR;
  if (typeof first === 'number' || typeof first === 'bigint')
    return numberType(some as (number | bigint)[]);
  if (Array.isArray(first)) {
    const type = typeOf((some as QueryParameter[][]).flat());
    return type && LIST(type);
  }
  if (first instanceof Date) return TIMESTAMPTZ;
  if (first instanceof Uint8Array) return BLOB;
  return undefined;
}

function numberType(numbers: readonly (number | bigint)[]): DuckDBType {
  if (numbers.some((value) => typeof value === 'number' && !isWholeNumber(value))) return DOUBLE;
  if (numbers.some(isBeyondHugeint)) return UHUGEINT;
  if (numbers.some((value) => typeof value === 'bigint')) return HUGEINT;
  return numbers.every((value) => value >= LEAST_INTEGER && value <= MOST_INTEGER)
    ? INTEGER
    : BIGINT;
}

function bound(value: QueryParameter, type: DuckDBType | undefined): DuckDBValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number')
    return type === HUGEINT || type === UHUGEINT || type === BIGINT ? BigInt(value) : value;
  if (typeof value === 'bigint') return value;
  if (value instanceof Date) return new DuckDBTimestampTZValue(BigInt(value.getTime()) * 1_000n);
  if (value instanceof Uint8Array) return new DuckDBBlobValue(value);
  if (Array.isArray(value)) {
    const items = value as readonly QueryParameter[];
    const itemType = type instanceof DuckDBListType ? type.valueType : undefined;
    return new DuckDBListValue(items.map((item) => bound(item, itemType)));
  }
  return revived(value) as DuckDBValue;
}

/** A value of the binding with its class again. */
function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived);
  if (!isObject(value) || ArrayBuffer.isView(value)) return value;
  const { duckdb, fields } = value;
  const own = Object.fromEntries(
    Object.entries(isObject(fields) ? fields : value).map(([key, one]) => [key, revived(one)]),
  );
  if (typeof duckdb !== 'string') return own;
  const made = (binding as Record<string, unknown>)[duckdb] as { prototype: object } | undefined;
  return made === undefined ? own : Object.assign(Object.create(made.prototype) as object, own);
}
