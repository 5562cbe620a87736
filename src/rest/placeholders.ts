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

/**
 * The path with the values of a parent's row, percent-encoded (RFC 3986): mails, slashes and colons stay one segment.
 * ConfigError for empty text and dots, which would lead to the address of something else.
 */
export function fillPath(path: string, row: JsonObject, resource: string): string {
  return path.replaceAll(PLACEHOLDER, (_match, parent: string, field: string) => {
    const value = valueOf(row, parent, field, resource);
    if (/^\.{0,2}$/.test(value)) throw unusable(resource, parent, field, value === '' ? 'an empty text' : `\`${value}\`, which means another folder`);
    return encodeURIComponent(value);
  });
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
  if (value === undefined || value === null) throw unusable(resource, parent, field, 'no value');
  if (typeof value === 'object') throw unusable(resource, parent, field, 'an object or list');
  return String(value);
}

function unusable(resource: string, parent: string, field: string, found: string): ConfigError {
  return new ConfigError(`Resource ${resource} needs {resources.${parent}.${field}}, and a row of ${parent} has ${found} there. Correct the field, or filter such rows out of ${parent}.`);
}
