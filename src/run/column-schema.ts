import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { columnShape } from '../../operators/columns/column-shape.js';
import { isObject } from '../../operators/json/is-object.js';
import { either, map, type Shape } from '../../operators/settings/shape.js';
import type { ColumnHint } from '../../operators/types.js';
import { ConfigError } from '../errors.js';
import { jsonSchemaHints, type SchemaHints } from './json-schema-hints.js';
import type { JsonSchema, Subschema } from './json-schema.js';

/**
 * A schema of rows: a JSON Schema of an object, or a Standard Schema (zod, valibot, arktype, …).
 */
export type RowSchema = JsonSchema | StandardSchemaV1 | StandardJSONSchemaV1;

/** Hints of columns by key, or a schema of the rows, which gives them. */
export type Columns = Readonly<Record<string, ColumnHint>> | RowSchema;

const schemaShape: Shape<RowSchema> = {
  kind: 'value',
  label: 'a JSON Schema of an object or a Standard Schema',
  is: isRowSchema,
};

/** What `columns` takes. */
export const columnsShape: Shape<Columns> = either(schemaShape, map(columnShape));

/** Returns true for a schema of rows, false for hints by key. */
export function isRowSchema(value: unknown): value is RowSchema {
  if (isStandard(value)) return true;
  return isObject(value) && (typeof value['$schema'] === 'string' || value['type'] === 'object');
}

/** Returns true for a Standard Schema. Those of some libraries are functions. */
export function isStandard(value: unknown): value is StandardSchemaV1 | StandardJSONSchemaV1 {
  return Object(Object(value)['~standard']).version === 1;
}

/** Hints of the tables of rows, and which of them a schema said, so that rows may lack the keys. */
export interface DeclaredColumns extends SchemaHints {
  optionalColumns: readonly string[];
}

/**
 * Returns hints of columns: those that are given, or those that follow from a schema, with those of
 * child tables. None for a Standard Schema that does not say its types, where `validates`.
 *
 * Errors: ConfigError for a schema that no hints follow from.
 */
export function declaredColumns(columns: Columns, validates = false): DeclaredColumns {
  if (!isRowSchema(columns)) return { ...NOTHING, columns };
  const schema = isStandard(columns) ? typesOf(columns, validates) : { ...columns };
  if (schema === null) return NOTHING;
  const hints = jsonSchemaHints(schema);
  const direct = (name: string): string => hints.directNames.get(name) ?? name;
  const nested = Object.entries(hints.nestedHints).flatMap(([list, own]) =>
    Object.keys(own.columns).map(
      (column) => [`${list}__${column}`, `${direct(list)}▶${direct(column)}`] as const,
    ),
  );
  return {
    ...hints,
    optionalColumns: [
      ...Object.keys(hints.columns),
      ...Object.keys(hints.nestedHints),
      ...nested.map(([name]) => name),
    ],
    directNames: new Map([...hints.directNames, ...nested]),
  };
}

const NOTHING: DeclaredColumns = {
  columns: {},
  nestedHints: {},
  optionalColumns: [],
  directNames: new Map(),
};

/** The JSON Schema of a Standard Schema; null where it has none and that is allowed. */
function typesOf(
  schema: StandardSchemaV1 | StandardJSONSchemaV1,
  validates: boolean,
): Subschema | null {
  const { vendor, jsonSchema } = (schema as StandardJSONSchemaV1)['~standard'];
  if (typeof Object(jsonSchema).input !== 'function') {
    if (validates) return null;
    throw new ConfigError(
      `\`columns\`: the schema of ${vendor} does not say its types (\`~standard.jsonSchema\`). Use a version of ${vendor} that does, give \`columns\` a JSON Schema, or use it only to check rows (\`validate: true\`).`,
    );
  }
  try {
    return jsonSchema.input({
      target: 'draft-2020-12',
      // zod's word for properties without a JSON type: they get no hint.
      ...(vendor === 'zod' && { libraryOptions: { unrepresentable: 'any' } }),
    });
  } catch (error) {
    throw new ConfigError(
      `\`columns\`: the schema of ${vendor} cannot be read as a JSON Schema: ${(error as Error).message}. Describe the rows as the API sends them.`,
      { cause: error },
    );
  }
}
