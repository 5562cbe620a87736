import { isObject } from '../../operators/json/is-object.js';
import type { ColumnHint, DataType } from '../../operators/types.js';
import { ConfigError } from '../errors.js';

/** A JSON Schema of rows: an object with properties. */
export interface JsonSchema {
  readonly type: string;
  readonly properties: object;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly $schema?: string;
  readonly $id?: string;
  readonly $defs?: object;
  readonly definitions?: object;
  readonly title?: string;
  readonly description?: string;
}

type AnySchema = Readonly<Record<string, unknown>>;

/** Schemas within schemas that are followed; references may lead round in circles. */
const DEEPEST = 20;

/**
 * Returns hints for the columns that a JSON Schema describes, by their keys, nested ones joined by
 * `__`: the type of each property that has one, and that it is never null where it is required.
 * Lists, and properties that may be of several types, get no hint. Formats `date-time`, `date` and
 * `time` of texts, and the encoding `base64`, are types of their own.
 *
 * Errors: ConfigError for a schema that is not one of objects, and for a reference that it does not
 * hold.
 */
export function jsonSchemaHints(schema: AnySchema): Record<string, ColumnHint> {
  const hints: Record<string, ColumnHint> = {};
  const root = resolved(schema, schema, []);
  if (!isObject(root['properties']))
    throw new ConfigError(
      '`columns`: the schema describes no properties of rows. Give the schema of an object: { type: "object", properties: { … } }.',
    );
  addProperties(root, [], true);
  return hints;

  function addProperties(object: AnySchema, path: readonly string[], isRequired: boolean): void {
    const required = new Set(Array.isArray(object['required']) ? object['required'] : []);
    for (const [key, given] of Object.entries(object['properties'] as AnySchema)) {
      const at = [...path, key];
      const { schema: property, nullable } = withoutNull(resolved(given, schema, at), schema, at);
      const needed = isRequired && required.has(key) && !nullable;
      if (isObject(property['properties']) && at.length < DEEPEST) {
        addProperties(property, at, needed);
        continue;
      }
      const dataType = typeOf(property);
      if (dataType !== undefined)
        hints[at.join('__')] = { dataType, ...(needed && { nullable: false }) };
    }
  }
}

/** Follows a reference within the schema. */
function resolved(given: unknown, root: AnySchema, path: readonly string[], depth = 0): AnySchema {
  if (!isObject(given)) return {};
  const reference = given['$ref'];
  if (typeof reference !== 'string') return given;
  let found: unknown = root;
  for (const part of reference.replace(/^#\/?/, '').split('/'))
    if (part !== '') found = Object(found)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  if (!reference.startsWith('#') || !isObject(found) || depth > DEEPEST)
    throw new ConfigError(
      `\`columns\`: \`${path.join('.')}\` of the schema refers to ${JSON.stringify(reference.slice(0, 100))}, which the schema does not hold. Put the definition into its \`$defs\`.`,
    );
  return resolved(found, root, path, depth + 1);
}

/** Takes null out of the types that a property may have. */
function withoutNull(
  property: AnySchema,
  root: AnySchema,
  path: readonly string[],
): { schema: AnySchema; nullable: boolean } {
  const options = property['anyOf'] ?? property['oneOf'];
  if (Array.isArray(options)) {
    const all = options.map((option) => resolved(option, root, path));
    const others = all.filter(({ type }) => type !== 'null');
    const nullable = others.length < all.length;
    return { schema: others.length === 1 ? (others[0] as AnySchema) : {}, nullable };
  }
  const { type } = property;
  if (!Array.isArray(type)) return { schema: property, nullable: property['nullable'] === true };
  const types: unknown[] = type.filter((one) => one !== 'null');
  return {
    schema: { ...property, type: types.length === 1 ? types[0] : undefined },
    nullable: types.length < type.length,
  };
}

const FORMATS: Readonly<Record<string, DataType>> = {
  'date-time': 'timestamp',
  date: 'date',
  time: 'time',
};

function typeOf({ type, format, contentEncoding }: AnySchema): DataType | undefined {
  switch (type) {
    case 'integer':
      return 'bigint';
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
    case 'string':
      if (contentEncoding === 'base64') return 'binary';
      return FORMATS[String(format)] ?? 'text';
    default:
      return undefined;
  }
}
