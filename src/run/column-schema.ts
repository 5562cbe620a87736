import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { columnShape } from '../../operators/columns/column-shape.js';
import { SchemaError } from '../../operators/errors.js';
import { isObject } from '../../operators/json/is-object.js';
import type { ProcessingStep } from '../../operators/process-rows.js';
import { either, map, type Shape } from '../../operators/settings/shape.js';
import { isPromise } from '../../operators/settings/user-function.js';
import type { ColumnHint } from '../../operators/types.js';
import { ConfigError } from '../errors.js';
import { type JsonSchema, jsonSchemaHints } from './json-schema-hints.js';

/**
 * A schema of rows: a JSON Schema of an object, or a Standard Schema (zod, valibot, arktype, …).
 */
export type RowSchema = JsonSchema | StandardSchemaV1 | StandardJSONSchemaV1;

/** Hints of columns by key, or a schema of the rows, which gives them. */
export type Columns = Readonly<Record<string, ColumnHint>> | RowSchema;

const schemaShape: Shape<RowSchema> = {
  kind: 'value',
  label: 'a JSON Schema of an object or a Standard Schema',
  is: isSchema,
};

/** What `columns` takes. */
export const columnsShape: Shape<Columns> = either(schemaShape, map(columnShape));

function isSchema(value: unknown): boolean {
  if (isStandard(value)) return true;
  return isObject(value) && (typeof value['$schema'] === 'string' || value['type'] === 'object');
}

/** Schemas of some libraries are functions. */
function isStandard(value: unknown): boolean {
  return Object(Object(value)['~standard']).version === 1;
}

/**
 * Returns hints of columns: those that are given, or those that follow from a schema.
 *
 * Errors: ConfigError for a schema that no hints follow from.
 */
export function columnHints(columns: Columns): Readonly<Record<string, ColumnHint>> {
  if (!isStandard(columns))
    return isSchema(columns)
      ? jsonSchemaHints({ ...columns })
      : (columns as Readonly<Record<string, ColumnHint>>);
  const standard = (columns as StandardJSONSchemaV1)['~standard'];
  if (typeof Object(standard.jsonSchema).input !== 'function')
    throw new ConfigError(
      `\`columns\`: the schema of ${standard.vendor} does not say its types (\`~standard.jsonSchema\`). Use a version of ${standard.vendor} that does, or give \`columns\` a JSON Schema.`,
    );
  return jsonSchemaHints(standard.jsonSchema.input({ target: 'draft-2020-12' }));
}

/**
 * Returns processing steps with one behind them that throws a SchemaError for a row which the
 * Standard Schema refuses. Rows that are valid stay as they were sent.
 *
 * Errors: ConfigError for columns that are no Standard Schema.
 */
export function withValidation(
  steps: readonly ProcessingStep[],
  columns: Columns | undefined,
): readonly ProcessingStep[] {
  return [...steps, { filter: validator(columns) }];
}

function validator(columns: Columns | undefined): (row: unknown) => boolean {
  const standard = (columns as StandardSchemaV1 | undefined)?.['~standard'];
  if (!isStandard(columns) || typeof standard?.validate !== 'function')
    throw new ConfigError(
      '`validate` needs a Standard Schema in `columns`, such as one of zod, valibot or arktype. Leave it out, or give one.',
    );
  return (row) => {
    const result = standard.validate(row);
    if (isPromise(result))
      throw new ConfigError(
        `\`validate\`: the schema of ${standard.vendor} validates asynchronously. Give one that does not.`,
      );
    if (!result.issues) return true;
    const [issue] = result.issues;
    const path = (issue?.path ?? []).map((part) => String(isObject(part) ? part['key'] : part));
    throw new SchemaError(
      `A row does not match the schema in \`columns\`: ${path.length === 0 ? 'the row' : `\`${path.join('.')}\``}: ${issue?.message ?? 'refused'}. Correct the schema, or leave out \`validate\`.`,
    );
  };
}
