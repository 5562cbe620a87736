import { ConfigError } from '../errors.js';
import { isObject } from '../json/is-object.js';
import { didYouMean } from './nearest.js';
import { kindOf } from './user-function.js';

/** What an option must be: of one of these kinds, or one of the words of a list. */
export type OptionKind = KindName | readonly string[];

type KindName =
  | 'any'
  | 'text'
  | 'texts'
  | 'textList'
  | 'list'
  | 'flag'
  | 'count'
  | 'positive'
  | 'function'
  | 'object'
  | 'signal'
  | 'gate'
  | 'destination'
  | 'batch';

/**
 * Returns the members of an object that are set. Null and undefined mean "not given" everywhere, as
 * in dlt's configs.
 */
export function givenMembers<T extends object>(object: T | null | undefined): Partial<T> {
  return Object.fromEntries(
    Object.entries(object ?? {}).filter(([, value]) => value !== null && value !== undefined),
  ) as Partial<T>;
}

/**
 * Checks the options of a function and returns those that are set (`givenMembers`).
 *
 * Errors: ConfigError for what is no object, an option that the function does not know, one
 * of another kind, and one of `required` that is missing.
 */
export function givenOptions<T extends object>(
  where: string,
  given: T | null | undefined,
  kinds: Readonly<Record<keyof T & string, OptionKind>>,
  required: readonly (keyof T & string)[] = [],
): T {
  requireKnown(where, given ?? {}, Object.keys(kinds));
  const options = givenMembers(given);
  for (const [key, value] of Object.entries(options))
    requireKind(`\`${key}\` of ${where}`, value, kinds[key as keyof T & string]);
  const missing = required.find((key) => options[key] === undefined);
  if (missing !== undefined)
    throw new ConfigError(`${where} needs \`${missing}\`, and it is not given.`);
  return options as T;
}

/**
 * Checks the kind of a value and returns the value. Errors: ConfigError that begins with `what`.
 */
export function requireKind<T>(what: string, value: T, kind: OptionKind): T {
  const { is, words } = typeof kind === 'string' ? KINDS[kind] : oneOf(kind);
  if (is(value)) return value;
  const found = typeof kind === 'string' ? foundOf(value) : kindOf(value);
  throw new ConfigError(`${what} must be ${words}; found ${found}.`);
}

/** Errors: ConfigError for an option that does not exist. It would be ignored silently. */
function requireKnown(where: string, options: object, known: readonly string[]): void {
  const takes = known.join(', ');
  if (!isObject(options))
    throw new ConfigError(`${where} takes an object with ${takes}; found ${foundOf(options)}.`);
  const strange = Object.entries(options).find(
    ([key, value]) => !known.includes(key) && value !== undefined,
  );
  if (strange !== undefined)
    throw new ConfigError(
      `${where} has no option \`${strange[0].slice(0, 60)}\`.${didYouMean(strange[0], known)} It takes ${takes}.`,
    );
}

/** Text is not shown: it may be a secret in the wrong place. */
function foundOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? (value.trim() === '' ? 'empty text' : 'text') : kindOf(value);
}

function oneOf(words: readonly string[]): Kind {
  return {
    is: (value) => words.includes(value as string),
    words: words.map((word) => `"${word}"`).join(' or '),
  };
}

interface Kind {
  is: (value: unknown) => boolean;
  words: string;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
const has = (value: unknown, method: string): boolean =>
  isObject(value) && typeof value[method] === 'function';

const KINDS: Readonly<Record<KindName, Kind>> = {
  any: { is: () => true, words: 'anything' },
  text: { is: isText, words: 'text that is not empty' },
  texts: {
    is: (value) => isText(value) || (Array.isArray(value) && value.every(isText)),
    words: 'text or a list of texts, none of them empty',
  },
  textList: {
    is: (value) => Array.isArray(value) && value.every(isText),
    words: 'a list of texts, none of them empty',
  },
  list: { is: Array.isArray, words: 'a list' },
  flag: { is: (value) => typeof value === 'boolean', words: 'true or false' },
  count: {
    is: (value) =>
      value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && Number(value) >= 0),
    words: 'a whole number from 0 on',
  },
  positive: {
    is: (value) => typeof value === 'number' && value > 0,
    words: 'a number above 0',
  },
  function: { is: (value) => typeof value === 'function', words: 'a function' },
  object: { is: isObject, words: 'an object' },
  signal: {
    is: (value) => has(value, 'addEventListener') && 'aborted' in (value as object),
    words: 'an AbortSignal',
  },
  gate: {
    is: (value) => has(value, 'add') && has(value, 'release'),
    words: 'a Gate',
  },
  destination: {
    is: (value) => has(value, 'begin') && has(value, 'dataset'),
    words: 'a destination, for example duckdb("shop.duckdb")',
  },
  batch: {
    is: (value) => isObject(value) && Array.isArray((value as { tables?: unknown }).tables),
    words: 'a batch, which batch() makes',
  },
};
