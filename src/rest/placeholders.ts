import type { Json, JsonObject } from '../../operators/types.js';
import { ConfigError } from '../errors.js';
import type { Query } from './url.js';

const PLACEHOLDER = /\{resources\.([^.{}]+)\.([^{}]+)\}/g;

/** A field of a parent's rows that a request needs. */
export interface Placeholder {
  parent: string;
  field: string;
}

/** The placeholders `{resources.<parent>.<field>}` in a path and in a query's values, each once. */
export function placeholdersIn(path: string, params: Query): Placeholder[] {
  const texts = [path, ...Object.values(params).flat().filter((value) => typeof value === 'string')];
  const found = texts.flatMap((text) => [...text.matchAll(PLACEHOLDER)].map(([, parent = '', field = '']) => ({ parent, field })));
  return found.filter((one, i) => found.findIndex(({ parent, field }) => parent === one.parent && field === one.field) === i);
}

/** The path with the values of a parent's row, percent-encoded (RFC 3986): mails, slashes and colons stay one segment. */
export function fillPath(path: string, row: JsonObject, resource: string): string {
  return path.replaceAll(PLACEHOLDER, (_match, parent: string, field: string) => encodeURIComponent(valueOf(row, parent, field, resource)));
}

/** The query with the values of a parent's row; URLs encode them later. */
export function fillQuery(params: Query, row: JsonObject, resource: string): Query {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll(PLACEHOLDER, (_match, parent: string, field: string) => valueOf(row, parent, field, resource)) : value,
    ]),
  );
}

function valueOf(row: JsonObject, parent: string, field: string, resource: string): string {
  const value: Json | undefined = row[field];
  if (value === undefined || value === null || typeof value === 'object') {
    const found = value === undefined || value === null ? 'no value' : 'an object or list';
    throw new ConfigError(`Resource ${resource} needs {resources.${parent}.${field}}, and a row of ${parent} has ${found} there. Correct the field, or filter such rows out of ${parent}.`);
  }
  return String(value);
}
