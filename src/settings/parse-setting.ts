import { ConfigError } from '../errors.js';
import { flagOf } from './flag-of.js';
import { isTable } from './is-table.js';
import { unixSeconds } from './unix-ms.js';

/** The kinds of settings, and the types of their values. */
export interface SettingKinds {
  /** Any text; numbers and true or false as they are written. */
  text: string;
  /** Like text, but never shown. */
  secret: string;
  /** A finite number. */
  number: number;
  /** true or false; in text also the words that dlt takes: yes, no, t, f, y, n, 1, 0. */
  flag: boolean;
  /** Unix seconds, from those or from an ISO 8601 date or time (UTC where it says no zone). */
  time: number;
  /** A list of TOML, or its JSON. */
  list: readonly unknown[];
  /** A table of TOML, or its JSON. */
  object: Readonly<Record<string, unknown>>;
}

/** The names of the kinds. */
export const SETTING_KINDS: readonly (keyof SettingKinds)[] = [
  'text',
  'secret',
  'number',
  'flag',
  'time',
  'list',
  'object',
];

/** A kind, or the words that the setting may be. */
export type SettingKind = keyof SettingKinds | readonly string[];

/**
 * Parses the value of a setting as its kind wants it. ConfigError naming `from`, where it was
 * found; the value is shown unless it is secret, or from a file of secrets.
 */
export function parseSetting(value: unknown, kind: SettingKind, from: string): unknown {
  const wrong = (wanted: string): ConfigError =>
    new ConfigError(
      `${from} must be ${wanted}${kind === 'secret' || isFromSecrets(from) ? '' : `; found ${shown(value)}`}.`,
    );
  if (kind === 'list' || kind === 'object') {
    const parsed = typeof value === 'string' ? fromJson(value) : value;
    if (kind === 'list' ? !Array.isArray(parsed) : !isTable(parsed))
      throw wrong(
        kind === 'list'
          ? 'a list, in text as JSON such as ["a", "b"]'
          : 'a table, in text as JSON such as {"a": 1}',
      );
    return parsed;
  }
  if (
    kind === 'time' &&
    value instanceof Date &&
    !Number.isNaN(value.getTime()) &&
    !isTimeOfDay(value)
  )
    return value.getTime() / 1000;
  if (
    typeof value !== 'string' &&
    typeof value !== 'number' &&
    typeof value !== 'boolean' &&
    typeof value !== 'bigint'
  )
    throw wrong('one value');
  const text = String(value).trim();
  if (text === '') throw wrong('a value, not empty');
  switch (kind) {
    case 'text':
    case 'secret':
      return text;
    case 'flag': {
      const flag = flagOf(text);
      if (flag === null) throw wrong('true or false');
      return flag;
    }
    case 'number':
      if (!Number.isFinite(Number(text))) throw wrong('a number');
      return Number(text);
    case 'time': {
      const seconds = unixSeconds(text);
      if (Number.isNaN(seconds)) throw wrong('unix seconds or an ISO 8601 date or time');
      return seconds;
    }
    default:
      if (!kind.includes(text)) throw wrong(`one of ${kind.join(', ')}`);
      return text;
  }
}

/**
 * A rule for a text: `check` throws for a text that breaks it, and `expected` says what the text
 * must be.
 */
export interface SettingCheck {
  expected: string;
  check: (text: string) => unknown;
}

/**
 * Checks a text against a rule. Errors: ConfigError naming `from` where the text breaks the rule,
 * with the rule's own message unless the text is from a file of secrets.
 */
export function checkSetting(text: string, { expected, check }: SettingCheck, from: string): void {
  try {
    check(text);
  } catch (error) {
    if (isFromSecrets(from))
      throw new ConfigError(`${from} must be ${expected} (its value is not shown).`);
    throw new ConfigError(`${from}: ${(error as Error).message}`, { cause: error });
  }
}

/** Returns true for the name of a place that holds secrets: nothing of it may be shown. */
function isFromSecrets(from: string): boolean {
  return /\bsecrets\.toml\b/.test(from);
}

/** Returns true for a time without a date, which the TOML parser gives as a date of the year 0. */
function isTimeOfDay(value: Date): boolean {
  return 'isTime' in value && typeof value.isTime === 'function' && value.isTime() === true;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shown(value: unknown): string {
  return typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? typeof value);
}
