import { readings } from '../../../operators/json/paths.js';
import { type Member, selectAll } from '../../../operators/json/select-all.js';
import { sentMember, SentNumber } from '../../../operators/json/sent-number.js';
import { valueAt } from '../../../operators/json/value-at.js';
import type { Json, JsonObject } from '../../../operators/types.js';
import { ConfigError } from '../../errors.js';
import { camelCase } from '../../settings/camel-case.js';
import { thereAre } from '../pages/path-watch.js';

/**
 * What a request takes from elsewhere: `{resources.<parent>.<field>}`, `{incremental.<field>}` or
 * `{window.<field>}`.
 */
export interface Placeholder {
  from: 'resources' | 'incremental' | 'window';
  /** Name of the parent resource; null where `from` says it all. */
  parent: string | null;
  /** Dotted path in the parent's row, or the name of the value. */
  field: string;
  /**
   * How Python writes the value (`:03d`, `!r`), behind a `|`. @default as a text holds it
   */
  format?: string;
}

/** The value of a placeholder; undefined where there is none. */
export type LookUp = (placeholder: Placeholder) => Json | undefined;

const PATTERN = /(\{?)\{(\+?)(resources|incremental|window)\.([^{}]+)\}(\}?)/g;

/**
 * The placeholders in texts at any depth, keys of objects among them, each once. ConfigError for
 * one without a field.
 */
export function placeholdersIn(...parts: readonly unknown[]): Placeholder[] {
  const all = parts
    .flatMap(textsIn)
    .flatMap((text) =>
      [...text.matchAll(PATTERN)].filter((match) => !isEscaped(match)).map(placeholderOf),
    );
  return all.filter((one, i) => all.findIndex((other) => isSame(one, other)) === i);
}

/**
 * A value with its placeholders filled in, at any depth. A text that is nothing but one placeholder
 * becomes the value itself, with its type; inside other text, and in keys, values are written as
 * text. `{{resources.a.b}}` stands for the text in single braces; all other braces are text.
 *
 * @param whole the value of a text that is nothing but one placeholder
 */
export function fill<T extends Json>(
  value: T,
  lookUp: LookUp,
  resource: string,
  whole: (placeholder: Placeholder) => Json = (one) => required(one, lookUp, resource),
): Json {
  if (typeof value === 'string') {
    const [match] = [...value.matchAll(PATTERN)];
    const only = match?.[0] === value && !isEscaped(match) ? placeholderOf(match) : null;
    return only === null || only.format !== undefined
      ? fillText(value, lookUp, resource)
      : whole(only);
  }
  if (Array.isArray(value)) return value.map((one) => fill(one, lookUp, resource, whole));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      fillText(key, lookUp, resource),
      fill(one, lookUp, resource, whole),
    ]),
  );
}

/** A text with its placeholders filled in as text. */
export function fillText(text: string, lookUp: LookUp, resource: string): string {
  return replaced(text, (placeholder) =>
    textOf(required(placeholder, lookUp, resource), placeholder, resource),
  );
}

/**
 * A path with its placeholders filled in, percent-encoded (RFC 3986): mails, slashes and colons
 * stay one segment. A path that is nothing but a placeholder may become a whole address. With a
 * plus, `{+resources.repos.full_name}`, slashes in the value are slashes of the path and percent
 * escapes stay (as the reserved expansion of RFC 6570 has it, and dlt always); a link that is the
 * whole path, `/orders/7?page=2`, keeps its query. ConfigError for empty text and dots, which would
 * lead to the address of something else.
 *
 * @param isRaw with a plus, empty text stays, and a value may begin the query or the fragment, as
 *   in dlt
 */
export function fillPath(path: string, lookUp: LookUp, resource: string, isRaw = false): string {
  return replaced(path, (placeholder, whole, plus) => {
    const value = textOf(required(placeholder, lookUp, resource), placeholder, resource);
    if (whole && /^https?:\/\//.test(value)) return value;
    const isLink = plus && (isRaw || (whole && value.startsWith('/')));
    const [, address = '', query = '', fragment = ''] = isLink
      ? (/^([^?#]*)(\?[^#]*)?(#.*)?/s.exec(value) ?? [])
      : ['', value];
    const parts = plus ? address.split('/') : [address];
    const isEmpty = value === '' && !(plus && isRaw);
    if (isEmpty || parts.some((part) => (plus ? DOTS_OR_ESCAPES : DOTS).test(part)))
      throw unusable(
        resource,
        placeholder,
        value === '' ? 'an empty text' : `\`${value}\`, which means another folder`,
      );
    return (
      parts.map(plus ? encodedOnce : encodeURIComponent).join('/') + query + (isRaw ? fragment : '')
    );
  });
}

const DOTS = /^\.{1,2}$/;
const DOTS_OR_ESCAPES = /^(\.|%2e){1,2}$/i;

/** Percent-encodes what is not yet (RFC 6570 §3.2.3). */
function encodedOnce(text: string): string {
  return text.replaceAll(/%[\da-f]{2}|%|[^%]+/gi, (part) =>
    /^%./.test(part) ? part : encodeURIComponent(part),
  );
}

/** The first value at a path in a row, numbers as they were sent; undefined where there is none. */
export function sentAt(row: JsonObject, path: string): Json | undefined {
  const member = memberAt(row, path);
  return member === undefined ? undefined : sentMember(member.holder, member.key);
}

function memberAt(row: JsonObject, path: string): Member | undefined {
  if (path.includes('*'))
    return selectAll(row, path).members.find(
      ({ holder, key }) => (holder as JsonObject)[key] !== null,
    );
  for (const keys of readings(path)) {
    const holder = valueAt(row, keys.slice(0, -1));
    const key = keys.at(-1);
    if (key !== undefined && valueAt(holder, [key]) !== undefined)
      return { holder: holder as JsonObject, key };
  }
  return undefined;
}

function replaced(
  text: string,
  value: (placeholder: Placeholder, whole: boolean, plus: boolean) => string,
): string {
  return text.replace(PATTERN, (match, ...groups) => {
    const found = [match, ...groups.slice(0, 5)] as unknown as RegExpExecArray;
    if (isEscaped(found)) return match.slice(1, -1);
    return `${found[1]}${value(placeholderOf(found), match === text, found[2] === '+')}${found[5]}`;
  });
}

function isEscaped([, open, , , , close]: RegExpExecArray): boolean {
  return open === '{' && close === '}';
}

function placeholderOf([, , , from = '', text = '']: RegExpExecArray): Placeholder {
  const [, expression = text, format] = FORMAT.exec(text) ?? [];
  const written = format === undefined ? {} : { format };
  // dlt writes `start_value`; so may everybody.
  if (from !== 'resources')
    return {
      from: from as 'incremental' | 'window',
      parent: null,
      field: camelCase(expression),
      ...written,
    };
  const at = expression.indexOf('.');
  if (at <= 0 || at === expression.length - 1)
    throw new ConfigError(
      `{resources.${expression}} lacks a field. Write {resources.<resource>.<field>}.`,
    );
  return { from, parent: expression.slice(0, at), field: expression.slice(at + 1), ...written };
}

const FORMAT = /^(.+)\|((?:![rsa])?(?::.*)?)$/s;

function isSame(a: Placeholder, b: Placeholder): boolean {
  return a.from === b.from && a.parent === b.parent && a.field === b.field;
}

/** All texts in a value, keys of objects among them. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => [
    ...(Array.isArray(value) ? [] : [key]),
    ...textsIn(one),
  ]);
}

/** The value of a placeholder. ConfigError where there is none. */
export function required(placeholder: Placeholder, lookUp: LookUp, resource: string): Json {
  const value = lookUp(placeholder);
  if (value === undefined || value === null) throw unusable(resource, placeholder, NO_VALUE);
  return value;
}

function textOf(value: Json, placeholder: Placeholder, resource: string): string {
  if (typeof value === 'object' && !(value instanceof SentNumber))
    throw unusable(resource, placeholder, 'an object or list');
  return String(value);
}

const NO_VALUE = 'no value';

/**
 * ConfigError for a placeholder that cannot be filled: what was found, and what to do. `names`: the
 * paths that the row has.
 */
export function unusable(
  resource: string,
  { from, parent, field }: Placeholder,
  found: string,
  names: readonly string[] = [],
): ConfigError {
  if (from !== 'resources')
    return new ConfigError(
      `Resource ${resource} needs {${from}.${field}}, and there is ${found}. ${from === 'window' ? 'Set `windows` of the endpoint' : found === NO_VALUE ? 'Set `incremental.initialValue`, and return a value from `incremental.convert` where there is one' : 'Return a text or number from `incremental.convert`, or write the placeholder into `json` as a whole value'}.`,
    );
  return new ConfigError(
    `Resource ${resource} needs {resources.${parent}.${field}}, and a row of ${parent} has ${found} there. Correct the field, or give such rows another value with processing steps of ${parent}.${thereAre(field, names)}`,
  );
}
