import { isObject } from '../json/is-object.js';
import { isRecord } from './is-record.js';

/**
 * What a value may be, as data: `shapeProblems` checks a value against it when it runs. The
 * compiler checks that it takes every value of type `T`; every shape is a `Shape`.
 */
export type Shape<T = never> =
  | RecordShape<T>
  | (Rules<T> &
      /** One value. `label` says what it must be. */
      (
        | { kind: 'value'; label: string; is: (value: unknown) => boolean }
        | { kind: 'words'; words: readonly string[] }
        | { kind: 'list'; of: Shape }
        /** An object whose keys are the user's. */
        | { kind: 'map'; of: Shape }
        /** An object whose member `type` says which record it is. */
        | {
            kind: 'tagged';
            label: string;
            types: Readonly<Record<string, RecordShape>>;
            standard: string | null;
          }
        /** The first that has the value's kind is what it must be. */
        | { kind: 'either'; of: readonly Shape[] }
      ));

/** An object with known keys. */
export interface RecordShape<T = never> extends Rules<T> {
  kind: 'record';
  label: string;
  fields: Readonly<Record<string, Field>>;
  /** Messages for keys that others would expect here. */
  strangers: Readonly<Record<string, string>>;
}

/** What a key of a record can have; `required`: it must be given. */
export type Field = Shape & { required?: true };

/** What every shape can have. */
interface Rules<T> {
  /** Tried where the shape is right: its ConfigError is a problem. */
  check?: (value: never) => unknown;
  /** Messages show no value in it. */
  isSecret?: true;
  /** For the compiler alone. */
  readonly accepts?: (value: T) => void;
}

/** The shapes of a record's keys, all of them; those that `T` needs are `required`. */
export type Fields<T> = string extends keyof T
  ? Readonly<Record<string, Field>>
  : {
      readonly [Key in keyof T]-?: Shape<Exclude<T[Key], undefined>> &
        (object extends Pick<T, Key> ? { required?: never } : { required: true });
    };

export const anything: Shape<unknown> = { kind: 'value', label: 'anything', is: () => true };
export const text: Shape<string> = {
  kind: 'value',
  label: 'text',
  is: (value) => typeof value === 'string',
};
export const name: Shape<string> = {
  kind: 'value',
  label: 'text, not empty',
  is: (value) => typeof value === 'string' && value.trim() !== '',
};
export const number: Shape<number> = {
  kind: 'value',
  label: 'a number',
  is: (value) => typeof value === 'number' && !Number.isNaN(value),
};
export const above0: Shape<number> = {
  kind: 'value',
  label: 'a number above 0',
  is: (value) => typeof value === 'number' && value > 0,
};
/** A number that Infinity takes away. */
export const limit: Shape<number> = {
  kind: 'value',
  label: 'a number above 0, or Infinity for no limit',
  is: (value) => typeof value === 'number' && value > 0,
};
export const flag: Shape<boolean> = {
  kind: 'value',
  label: 'true or false',
  is: (value) => typeof value === 'boolean',
};
/** An object whose members are looked at elsewhere. */
export const object: Shape<object> = { kind: 'value', label: 'an object', is: isRecord };
export const endless: Shape<number> = {
  kind: 'value',
  label: 'Infinity',
  is: (value) => value === Number.POSITIVE_INFINITY,
};
export const nothing: Shape<null> = {
  kind: 'value',
  label: 'null',
  is: (value) => value === null,
};
export const fn: Shape<(...parameters: never) => unknown> = {
  kind: 'value',
  label: 'a function',
  is: (value) => typeof value === 'function',
};
export const bigint: Shape<bigint> = {
  kind: 'value',
  label: 'a BigInt',
  is: (value) => typeof value === 'bigint',
};

/** One value of a query or header. */
export const scalar: Shape<string | number | bigint | boolean> = {
  kind: 'either',
  of: [text, number, bigint, flag],
};

/** A whole number from `least` on. */
export function whole(least: number): Shape<number> {
  return {
    kind: 'value',
    label: `a whole number of at least ${least}`,
    is: (value) => Number.isSafeInteger(value) && (value as number) >= least,
  };
}

/** An object that is known by functions it has. */
export function made<T>(label: string, ...methods: readonly (keyof T & string)[]): Shape<T> {
  return {
    kind: 'value',
    label,
    is: (value) =>
      isObject(value) && methods.every((method) => typeof value[method] === 'function'),
  };
}

export function words<const Word extends string>(...of: readonly Word[]): Shape<Word> {
  return { kind: 'words', words: of };
}

export function list<T>(of: Shape<T>): Shape<readonly T[]> {
  return { kind: 'list', of };
}

/** A whole number from 0 on, or no limit. */
export const count: Shape<number> = { kind: 'either', of: [whole(0), endless] };
/** One text, or several. */
export const names: Shape<string | readonly string[]> = { kind: 'either', of: [name, list(name)] };
export const signal: Shape<AbortSignal> = made<AbortSignal>('an AbortSignal', 'addEventListener');

/** An object whose keys are the user's; members that are undefined are left out. */
export function map<T>(of: Shape<T>): Shape<Readonly<Record<string, T | undefined>>> {
  return { kind: 'map', of };
}

export function either<Shapes extends readonly Shape[]>(
  ...of: Shapes
): Shape<Accepted<Shapes[number]>> {
  return { kind: 'either', of };
}

type Accepted<One> = One extends Shape<infer T> ? T : never;

/** An object with the keys of `T`: one that is forgotten here is an error of the compiler. */
export function record<T extends object>(
  label: string,
  fields: Fields<T>,
  strangers: Readonly<Record<string, string>> = {},
): RecordShape<T> {
  return { kind: 'record', label, fields, strangers };
}

/** @param standard the type of an object that does not say its type; null: it must */
export function tagged<Types extends Readonly<Record<string, RecordShape>>>(
  label: string,
  types: Types,
  standard: string | null = null,
): Shape<Tagged<Types>> {
  return { kind: 'tagged', label, types, standard };
}

type Tagged<Types> = {
  [Type in keyof Types]: Types[Type] extends RecordShape<infer T> ? T & { type?: Type } : never;
}[keyof Types];

export function required<One extends Shape>(shape: One): One & { required: true } {
  return { ...shape, required: true };
}

/** With a rule that is tried where the shape is right. */
export function checked<One extends Shape>(shape: One, check: (value: never) => unknown): One {
  return { ...shape, check };
}

/** Messages show no value in it. */
export function secret<One extends Shape>(shape: One): One {
  return { ...shape, isSecret: true };
}
