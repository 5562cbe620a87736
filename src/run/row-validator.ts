import { type SchemaDraft, Validator } from '@cfworker/json-schema';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { isObject } from '../../operators/json/is-object.js';
import { abandon, isPromise } from '../../operators/settings/user-function.js';
import type { JsonObject } from '../../operators/types.js';
import { ConfigError } from '../errors.js';
import { type Columns, isRowSchema, isStandard } from './column-schema.js';

/** Says what is wrong with a row, the place in it first; null for nothing. */
export type RowValidator = (row: JsonObject) => string | null;

/**
 * Returns what checks rows by the schema in `columns`: a Standard Schema by itself, a JSON Schema
 * by the draft that its `$schema` names (4, 6, 7, 2019-09, 2020-12, the default), formats included.
 *
 * Errors: ConfigError for columns that are no schema which can check rows. The validator throws
 * what the schema throws, and ConfigError for one that validates asynchronously.
 */
export function rowValidator(columns: Columns | undefined): RowValidator {
  if (isStandard(columns)) {
    if ('validate' in columns['~standard']) return byStandardSchema(columns as StandardSchemaV1);
  } else if (isRowSchema(columns)) return byJsonSchema({ ...columns });
  throw new ConfigError(
    '`validate` needs a schema of rows in `columns`: a JSON Schema, or a Standard Schema such as one of zod, valibot or arktype. Leave it out, or give one.',
  );
}

function byStandardSchema({ '~standard': standard }: StandardSchemaV1): RowValidator {
  return (row) => {
    const result = standard.validate(row);
    if (isPromise(result)) {
      abandon(result);
      throw new ConfigError(
        `\`validate\`: the schema of ${standard.vendor} validates asynchronously. Give one that does not.`,
      );
    }
    const [issue] = result.issues ?? [];
    if (issue === undefined) return result.issues ? 'the row: refused.' : null;
    const path = (issue.path ?? []).map((part) => String(isObject(part) ? part['key'] : part));
    return located(path, issue.message);
  };
}

/** Names that `$schema` has for drafts. */
const DRAFTS: readonly [name: string, draft: SchemaDraft][] = [
  ['draft-04', '4'],
  ['draft-06', '7'],
  ['draft-07', '7'],
  ['2019-09', '2019-09'],
];

function byJsonSchema(schema: Readonly<Record<string, unknown>>): RowValidator {
  const { $schema: uri } = schema;
  const draft =
    DRAFTS.find(([name]) => typeof uri === 'string' && uri.includes(name))?.[1] ?? '2020-12';
  const validator = new Validator(schema, draft, true);
  return (row) => {
    const { valid, errors } = validator.validate(withoutBigInt(row));
    if (valid) return null;
    const said = errors.filter(({ keyword }) => keyword !== 'false');
    // The last one is the innermost, but that of one of several alternatives says little.
    const fault = said.find(({ keyword }) => CHOICES.has(keyword)) ?? said.at(-1);
    const path = (fault?.instanceLocation ?? '#').split('/').slice(1);
    return located(path.map(pointerKey), fault?.error ?? 'refused.');
  };
}

/** Keywords with several schemas below them. */
const CHOICES: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'not', 'contains']);

function pointerKey(part: string): string {
  return decodeURI(part).replaceAll('~1', '/').replaceAll('~0', '~');
}

function located(path: readonly string[], message: string): string {
  return `${path.length === 0 ? 'the row' : `\`${path.join('.')}\``}: ${message}`;
}

/** The same value with integers beyond 2^53 as numbers, which JSON Schema knows. */
function withoutBigInt(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(withoutBigInt);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, withoutBigInt(own)]));
}
