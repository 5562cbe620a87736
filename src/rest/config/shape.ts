/** What a value may be, as data: `problemsIn` walks it. */
export type Shape = { required?: true; check?: (value: never) => unknown } &
  /** One value, told by a test. `label` says what it must be. */
  (
    | { kind: 'value'; label: string; is: (value: unknown) => boolean }
    | { kind: 'words'; words: readonly string[] }
    | { kind: 'list'; of: Shape }
    /** An object whose keys are not ours. */
    | { kind: 'map'; of: Shape }
    | RecordShape
    /** An object whose member `type` says which record it is. */
    | {
        kind: 'tagged';
        label: string;
        types: Readonly<Record<string, RecordShape>>;
        standard: string | null;
      }
    /** The first that has the value's kind is what it must be. */
    | { kind: 'either'; of: readonly Shape[] }
  );

export interface RecordShape {
  kind: 'record';
  label: string;
  fields: Readonly<Record<string, Shape>>;
  /** Keys that are none here, and what to say of them. */
  strangers: Readonly<Record<string, string>>;
}

export const anything: Shape = { kind: 'value', label: 'anything', is: () => true };
export const text: Shape = {
  kind: 'value',
  label: 'text',
  is: (value) => typeof value === 'string',
};
export const name: Shape = {
  kind: 'value',
  label: 'text, not empty',
  is: (value) => typeof value === 'string' && value.trim() !== '',
};
export const number: Shape = {
  kind: 'value',
  label: 'a number',
  is: (value) => typeof value === 'number' && !Number.isNaN(value),
};
export const above0: Shape = {
  kind: 'value',
  label: 'a number above 0',
  is: (value) => typeof value === 'number' && value > 0,
};
export const flag: Shape = {
  kind: 'value',
  label: 'true or false',
  is: (value) => typeof value === 'boolean',
};
export const nothing: Shape = { kind: 'value', label: 'null', is: (value) => value === null };
export const fn: Shape = {
  kind: 'value',
  label: 'a function',
  is: (value) => typeof value === 'function',
};
export const bigint: Shape = {
  kind: 'value',
  label: 'a BigInt',
  is: (value) => typeof value === 'bigint',
};

/** A whole number from `least` on. */
export function whole(least: number): Shape {
  return {
    kind: 'value',
    label: `a whole number of at least ${least}`,
    is: (value) => Number.isSafeInteger(value) && (value as number) >= least,
  };
}

/** An object that is told by a function it has. */
export function made(label: string, method: string): Shape {
  return {
    kind: 'value',
    label,
    is: (value) =>
      typeof value === 'object' &&
      value !== null &&
      typeof (value as Record<string, unknown>)[method] === 'function',
  };
}

export function words(...of: readonly string[]): Shape {
  return { kind: 'words', words: of };
}

export function list(of: Shape): Shape {
  return { kind: 'list', of };
}

export function map(of: Shape): Shape {
  return { kind: 'map', of };
}

export function either(...of: readonly Shape[]): Shape {
  return { kind: 'either', of };
}

/** An object with the keys of `T`: one that is forgotten here is an error of the compiler. */
export function record<T extends object>(
  label: string,
  fields: { readonly [Key in keyof Required<T>]: Shape },
  strangers: Readonly<Record<string, string>> = {},
): RecordShape {
  return { kind: 'record', label, fields, strangers };
}

/** @param standard the type of an object that does not say its type; null: it must */
export function tagged(
  label: string,
  types: Readonly<Record<string, RecordShape>>,
  standard: string | null = null,
): Shape {
  return { kind: 'tagged', label, types, standard };
}

export function required(shape: Shape): Shape {
  return { ...shape, required: true };
}

/** With a rule that is tried where the shape is right: its ConfigError is a problem. */
export function checked<T>(shape: Shape, check: (value: T) => unknown): Shape {
  return { ...shape, check };
}
