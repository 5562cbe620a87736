import { didYouMean } from '../../../operators/settings/nearest.js';
import { ConfigError } from '../../errors.js';
import { fits } from './fits.js';
import { below, type Problem } from './problem.js';
import type { Field, RecordShape, Shape } from './shape.js';
import { valueText } from './value-text.js';

/**
 * Finds everything in a value (`withoutNulls`) that is not as its shape says, with its place.
 * Messages show no secrets.
 */
export function problemsIn(value: unknown, shape: Shape, path = ''): Problem[] {
  return problemsAt(value, shape, path, false);
}

/** The ConfigError of a rule, as a problem. */
export function problemsOf(rule: () => unknown, path: string): Problem[] {
  try {
    rule();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return [{ path, message: error.message }];
    throw error;
  }
}

/** @param around whether a shape around it is secret */
function problemsAt(value: unknown, shape: Shape, path: string, around: boolean): Problem[] {
  const problems = within(value, shape, path, around || shape.isSecret === true);
  return problems.length > 0 || shape.check === undefined
    ? problems
    : problemsOf(() => shape.check?.(value as never), path);
}

function within(value: unknown, shape: Shape, path: string, isSecret: boolean): Problem[] {
  if (!fits(value, shape)) return [{ path, message: mismatch(value, shape, path, isSecret) }];
  if (shape.kind === 'list')
    return (value as unknown[]).flatMap((one, i) =>
      problemsAt(one, shape.of, below(path, i), isSecret),
    );
  if (shape.kind === 'map')
    return Object.entries(value as object).flatMap(([key, one]) =>
      one === undefined ? [] : problemsAt(one, shape.of, below(path, key), isSecret),
    );
  if (shape.kind === 'record')
    return inRecord(value as Record<string, unknown>, shape, path, isSecret);
  if (shape.kind === 'tagged')
    return inTagged(value as Record<string, unknown>, shape, path, isSecret);
  if (shape.kind === 'either')
    return problemsAt(value, shape.of.find((one) => fits(value, one)) as Shape, path, isSecret);
  return [];
}

function inRecord(
  value: Readonly<Record<string, unknown>>,
  { fields, strangers, label }: RecordShape,
  path: string,
  isSecret: boolean,
): Problem[] {
  const known = Object.keys(fields);
  const strange = Object.keys(value).filter(
    (key) => !Object.hasOwn(fields, key) && value[key] !== undefined,
  );
  return [
    ...strange.map((key): Problem => ({
      path: below(path, key),
      message: unknownKey(key, label, known, strangers),
    })),
    ...known.flatMap((key): Problem[] => {
      const shape = fields[key] as Field;
      if (value[key] !== undefined)
        return problemsAt(value[key], shape, below(path, key), isSecret);
      return shape.required === true
        ? [{ path: below(path, key), message: `is missing; it must be ${allowed(shape)}.` }]
        : [];
    }),
  ];
}

function unknownKey(
  key: string,
  label: string,
  known: readonly string[],
  strangers: RecordShape['strangers'],
): string {
  if (Object.hasOwn(strangers, key)) return strangers[key] as string;
  return `unknown key.${didYouMean(key, known)} ${capital(label)} takes ${known.length === 0 ? 'nothing else' : known.join(', ')}.`;
}

function inTagged(
  value: Readonly<Record<string, unknown>>,
  { label, types, standard }: Extract<Shape, { kind: 'tagged' }>,
  path: string,
  isSecret: boolean,
): Problem[] {
  const { type = standard, ...rest } = value;
  const known = Object.keys(types);
  if (typeof type === 'string' && Object.hasOwn(types, type)) {
    const shape = types[type] as RecordShape;
    return problemsAt(rest, shape, path, isSecret);
  }
  const near = typeof type === 'string' ? didYouMean(type, known) : '';
  return [
    {
      path: below(path, 'type'),
      message: `found ${type === null ? 'nothing' : valueText(type, path, isSecret)}.${near} ${capital(label)} has one of these types: ${known.join(', ')}.`,
    },
  ];
}

function mismatch(value: unknown, shape: Shape, path: string, isSecret: boolean): string {
  const near = typeof value === 'string' ? didYouMean(value, wordsOf(shape)) : '';
  return `found ${valueText(value, path, isSecret)}; it must be ${allowed(shape)}.${near}`;
}

function allowed(shape: Shape): string {
  if (shape.kind === 'words')
    return shape.words.length === 1 ? `${shape.words[0]}` : `one of ${shape.words.join(', ')}`;
  if (shape.kind === 'list') return 'a list';
  if (shape.kind === 'map') return 'an object';
  if (shape.kind === 'record') return anObject(Object.keys(shape.fields));
  if (shape.kind === 'tagged') return 'an object with a `type`';
  if (shape.kind === 'value') return shape.label;
  const labels = [...new Set(shape.of.map(allowed))];
  return labels.length === 1
    ? `${labels[0]}`
    : `${labels.slice(0, -1).join(', ')} or ${labels.at(-1)}`;
}

/** An object in a message. */
function anObject(keys: readonly string[]): string {
  return keys.length === 0
    ? 'an object without keys'
    : `an object with ${keys.slice(0, 6).join(', ')}${keys.length > 6 ? ', …' : ''}`;
}

function wordsOf(shape: Shape): string[] {
  if (shape.kind === 'either') return shape.of.flatMap(wordsOf);
  return shape.kind === 'words' ? [...shape.words] : [];
}

/** For the begin of a sentence; words that are keys stay as they are. */
function capital(label: string): string {
  return label.includes(' ') ? label.charAt(0).toUpperCase() + label.slice(1) : `\`${label}\``;
}
