import { isObject } from '../../operators/json/is-object.js';
import { ConfigError } from '../errors.js';

/** A JSON Schema of rows: an object with properties. */
export interface JsonSchema {
  /** `object`, as rows are. */
  readonly type: string;
  /** Schemas of the keys, by name. */
  readonly properties: object;
  /** Keys that are in every row. @default none */
  readonly required?: readonly string[];
  /** Whether there are keys beside `properties`, or their schema. @default true */
  readonly additionalProperties?: unknown;
  /** Draft that the schema is written in. @default none */
  readonly $schema?: string;
  /** Address that references to the schema name. @default none */
  readonly $id?: string;
  /** Schemas that `$ref` names. @default none */
  readonly $defs?: object;
  /** Schemas that `$ref` names, as older drafts have them. @default none */
  readonly definitions?: object;
  /** Not used. @default none */
  readonly title?: string;
  /** Not used. @default none */
  readonly description?: string;
}

/** Any schema within a JSON Schema. */
export type Subschema = Readonly<Record<string, unknown>>;

/** One of the schemas that a value may match: one type, and all that is said of it. */
export interface Alternative {
  schema: Subschema;
  /** Null where the schema does not say. */
  type: string | null;
  /** What references led to, from the root on. */
  within: ReadonlySet<unknown>;
}

/**
 * Takes a schema apart into those that a value may match, one for each type: references, `allOf`,
 * `anyOf`, `oneOf`, lists of types, and the types of `enum` and `const`. A reference to a schema
 * that it stands in says nothing, since there would be no end.
 *
 * Errors: ConfigError for a reference that the root schema does not hold.
 */
export function alternatives(
  given: unknown,
  root: Subschema,
  path: readonly string[],
  within: ReadonlySet<unknown>,
): Alternative[] {
  if (!isObject(given)) return [{ schema: {}, type: null, within }];
  const { $ref: reference, allOf, anyOf, oneOf, ...own } = given;
  const parts: Alternative[][] = [];
  if (typeof reference === 'string') {
    const target = referred(reference, root, path);
    if (!within.has(target))
      parts.push(alternatives(target, root, path, new Set([...within, target])));
  }
  for (const part of Array.isArray(allOf) ? (allOf as unknown[]) : [])
    parts.push(alternatives(part, root, path, within));
  for (const options of [anyOf, oneOf])
    if (Array.isArray(options))
      parts.push(options.flatMap((option) => alternatives(option, root, path, within)));
  const types = typesOf(own);
  const plain = types.map((type): Alternative => ({ schema: own, type, within }));
  return parts.reduce(both, plain);
}

/** What matches one of each side. */
function both(left: readonly Alternative[], right: readonly Alternative[]): Alternative[] {
  return left.flatMap((a) =>
    right.flatMap((b): Alternative[] => {
      const type = commonType(a.type, b.type);
      if (type === undefined) return [];
      const within = new Set([...a.within, ...b.within]);
      return [{ schema: merged(a.schema, b.schema), type, within }];
    }),
  );
}

function commonType(a: string | null, b: string | null): string | null | undefined {
  if (a === null || a === b) return b;
  if (b === null) return a;
  const isInteger = [a, b].every((type) => type === 'integer' || type === 'number');
  return isInteger ? 'integer' : undefined;
}

function merged(a: Subschema, b: Subschema): Subschema {
  const [ours, theirs] = [a['properties'], b['properties']].map((own) =>
    isObject(own) ? own : {},
  );
  const properties = { ...ours, ...theirs };
  for (const key of Object.keys(ours ?? {}))
    if (Object.hasOwn(theirs ?? {}, key)) properties[key] = { allOf: [ours?.[key], theirs?.[key]] };
  const required = [a['required'], b['required']].flatMap((own) => (Array.isArray(own) ? own : []));
  return {
    ...a,
    ...b,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
  };
}

/** The types of a schema that refers to no other; `[null]` where it does not say. */
function typesOf(schema: Subschema): (string | null)[] {
  const { type, nullable } = schema;
  const own = type === undefined ? impliedTypes(schema) : [type].flat().map(String);
  if (own.length === 0) return [null];
  return nullable === true ? [...new Set([...own, 'null'])] : own;
}

function impliedTypes(schema: Subschema): string[] {
  const { const: only, enum: some, properties, items } = schema;
  const values = Array.isArray(some) ? (some as unknown[]) : 'const' in schema ? [only] : [];
  if (values.length > 0) return [...new Set(values.map(typeOfValue))];
  if (isObject(properties)) return ['object'];
  return isObject(items) ? ['array'] : [];
}

function typeOfValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** Follows a reference within the root schema. */
function referred(reference: string, root: Subschema, path: readonly string[]): unknown {
  let found: unknown = root;
  for (const part of reference.replace(/^#\/?/, '').split('/'))
    if (part !== '') {
      const key = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
      found = Object.hasOwn(Object(found) as object, key) ? Object(found)[key] : undefined;
    }
  if (reference.startsWith('#') && (isObject(found) || typeof found === 'boolean')) return found;
  throw new ConfigError(
    `\`columns\`: \`${path.join('.')}\` of the schema refers to ${JSON.stringify(reference.slice(0, 100))}, which the schema does not hold. Put the definition into its \`$defs\`.`,
  );
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
