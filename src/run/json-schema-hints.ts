import { isObject } from '../../operators/json/is-object.js';
import { ownMember } from '../../operators/json/own-member.js';
import type { ColumnHint, DataType } from '../../operators/types.js';
import { ConfigError } from '../errors.js';
import { type Alternative, alternatives, type Subschema } from './json-schema.js';

/** Hints of a table's columns, by their keys. */
export type ColumnHints = Readonly<Record<string, ColumnHint>>;

/** What a schema says of the tables of its rows. */
export interface SchemaHints {
  columns: ColumnHints;
  /** Of the tables of lists, by the keys from the root on, joined by `__`. */
  nestedHints: Readonly<Record<string, { columns: ColumnHints }>>;
  /** Names of nested columns and lists by naming `direct`, by their names here. */
  directNames: ReadonlyMap<string, string>;
}

/** Hints by table; that of the root is `''`. */
type Tables = ReadonlyMap<string, ColumnHints>;

/** Where a value is: the list of its table, and its keys in the rows of that. */
interface Place {
  list: readonly string[];
  keys: readonly string[];
  /** There is a value in each row of the table. */
  isRequired: boolean;
}

/** References can make very many columns out of a short schema. */
const MOST_COLUMNS = 10_000;

/**
 * Returns hints for the columns that a JSON Schema describes, by their keys, nested ones joined by
 * `__`: the type of each property that has one, and that it is never null where it is required. The
 * elements of lists are rows of child tables; scalars in them are their column `value`. Properties
 * that may be of several types get no hint, but for integers among other numbers; of several
 * objects the columns are taken together. Formats `date-time`, `date`, `time`, `decimal` and
 * `byte`, and the encoding `base64`, are types of their own.
 *
 * Errors: ConfigError for a schema that is not one of objects, for a reference that it does not
 * hold, and for more than 10,000 columns.
 */
export function jsonSchemaHints(schema: Subschema): SchemaHints {
  let count = 0;
  const directNames = new Map<string, string>();
  const joined = (keys: readonly string[]): string => {
    const name = keys.join('__');
    if (keys.length > 1) directNames.set(name, keys.join('▶'));
    return name;
  };
  const within = new Set([schema]);
  const options = alternatives(schema, schema, [], within).filter(({ type }) => type !== 'null');
  if (options.length === 0 || !options.every(isDescribed))
    throw new ConfigError(
      '`columns`: the schema describes no properties of rows. Give the schema of an object: { type: "object", properties: { … } }.',
    );
  const tables = inAll(
    options.map((option) => objectTables(option, { list: [], keys: [], isRequired: true })),
  );
  const { '': columns = {}, ...nested } = Object.fromEntries(tables);
  return {
    columns,
    nestedHints: Object.fromEntries(
      Object.entries(nested).map(([list, own]) => [list, { columns: own }]),
    ),
    directNames,
  };

  function objectTables({ schema: object, within: path }: Alternative, at: Place): Tables {
    const required = new Set<unknown>(Array.isArray(object['required']) ? object['required'] : []);
    return together(
      Object.entries(object['properties'] as Subschema).map(([key, property]) =>
        valueTables(property, path, {
          ...at,
          keys: [...at.keys, key],
          isRequired: at.isRequired && required.has(key),
        }),
      ),
    );
  }

  function valueTables(value: unknown, path: ReadonlySet<unknown>, at: Place): Tables {
    const all = alternatives(value, schema, [...at.list, ...at.keys], path);
    const some = all.filter(({ type }) => type !== 'null');
    const place = { ...at, isRequired: at.isRequired && some.length === all.length };
    if (some.length > 0 && some.every(isDescribed))
      return inAll(some.map((option) => objectTables(option, place)));
    if (some.length > 0 && some.every(({ type }) => type === 'array'))
      return inAll(some.map((option) => elementTables(option, at)));
    const dataType = some.map(typeOf).reduce(eitherType, some[0] && typeOf(some[0]));
    if (dataType === undefined) return new Map();
    count += 1;
    if (count > MOST_COLUMNS)
      throw new ConfigError(
        `\`columns\`: the schema describes more than ${MOST_COLUMNS} columns. Give one without the properties that need no hints.`,
      );
    // An element of a list.
    const isElement = at.keys.length === 0;
    const column = isElement ? 'value' : joined(at.keys);
    const hint = { dataType, ...(place.isRequired && !isElement && { nullable: false }) };
    return new Map([[joined(at.list), { [column]: hint }]]);
  }

  function elementTables({ schema: { items }, within: path }: Alternative, at: Place): Tables {
    if (!isObject(items)) return new Map();
    // A list in a list has a table of that name.
    const list = [...at.list, ...(at.keys.length === 0 ? ['list'] : at.keys)];
    return valueTables(items, path, { list, keys: [], isRequired: true });
  }
}

/** An object with properties that are known. */
function isDescribed({ type, schema }: Alternative): boolean {
  return (type === 'object' || type === null) && isObject(schema['properties']);
}

/** Hints of different columns. */
function together(parts: readonly Tables[]): Tables {
  const tables = new Map<string, ColumnHints>();
  for (const part of parts)
    for (const [list, columns] of part) tables.set(list, { ...tables.get(list), ...columns });
  return tables;
}

/** Hints of the columns of values that match one of several schemas. */
function inAll(options: readonly Tables[]): Tables {
  const [first, ...others] = options;
  if (first === undefined || others.length === 0) return first ?? new Map();
  return new Map(
    [...together(options).keys()].map((list) => {
      const each = options.map((option) => option.get(list) ?? {});
      const columns = [...new Set(each.flatMap((own) => Object.keys(own)))];
      const hints = columns.flatMap((column) => {
        const found = each.flatMap((own) => ownMember(own, column) ?? []);
        const dataType = found.map((hint) => hint.dataType).reduce(eitherType);
        const isRequired = found.length === options.length && found.every(isNeverNull);
        return dataType === undefined
          ? []
          : [[column, { dataType, ...(isRequired && { nullable: false }) }] as const];
      });
      return [list, Object.fromEntries(hints)];
    }),
  );
}

function isNeverNull({ nullable }: ColumnHint): boolean {
  return nullable === false;
}

/** The type of a column for values of two types, if one takes all of both. */
function eitherType(a: DataType | undefined, b: DataType | undefined): DataType | undefined {
  if (a === b) return a;
  const isNumber = [a, b].every((type) => type === 'bigint' || type === 'double');
  return isNumber ? 'double' : undefined;
}

const FORMATS: Readonly<Record<string, DataType>> = {
  'date-time': 'timestamp',
  date: 'date',
  time: 'time',
  byte: 'binary',
  decimal: 'decimal',
};

function typeOf({ type, schema: { format, contentEncoding } }: Alternative): DataType | undefined {
  if (type === 'integer') return 'bigint';
  if (type === 'number') return format === 'decimal' ? 'decimal' : 'double';
  if (type === 'boolean') return 'bool';
  if (type !== 'string') return undefined;
  return contentEncoding === 'base64' ? 'binary' : (FORMATS[String(format)] ?? 'text');
}
