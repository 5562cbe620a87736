import { didYouMean } from '../../../operators/settings/nearest.js';
import { ConfigError } from '../../errors.js';
import { below, type Problem } from './problem.js';
import type { RecordShape, Shape } from './shape.js';
import { shown } from './shown.js';

/**
 * Everything in a value that is not as its shape says, with its place. @param nulls null means that
 * nothing is given, as in dlt
 */
export function problemsIn(value: unknown, shape: Shape, path: string, nulls = false): Problem[] {
  const problems = within(value, shape, path, nulls);
  return problems.length > 0 || shape.check === undefined
    ? problems
    : ruled(() => shape.check?.(value as never), path);
}

/** The problem that a rule raises, as data. */
export function ruled(rule: () => unknown, path: string): Problem[] {
  try {
    rule();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return [{ path, message: error.message }];
    throw error;
  }
}

function within(value: unknown, shape: Shape, path: string, nulls: boolean): Problem[] {
  if (!fits(value, shape)) return [{ path, message: mismatch(value, shape, path) }];
  if (shape.kind === 'list')
    return (value as unknown[]).flatMap((one, i) =>
      problemsIn(one, shape.of, below(path, i), nulls),
    );
  if (shape.kind === 'map')
    return Object.entries(value as object).flatMap(([key, one]) =>
      one === undefined || (nulls && one === null)
        ? []
        : problemsIn(one, shape.of, below(path, key), nulls),
    );
  if (shape.kind === 'record')
    return inRecord(value as Record<string, unknown>, shape, path, nulls);
  if (shape.kind === 'tagged')
    return inTagged(value as Record<string, unknown>, shape, path, nulls);
  if (shape.kind === 'either')
    return problemsIn(value, shape.of.find((one) => fits(value, one)) as Shape, path, nulls);
  return [];
}

/** True where the value itself is of the kind; what is inside is looked at then. */
function fits(value: unknown, shape: Shape): boolean {
  if (shape.kind === 'value') return shape.is(value);
  if (shape.kind === 'words') return typeof value === 'string' && shape.words.includes(value);
  if (shape.kind === 'list') return Array.isArray(value);
  if (shape.kind === 'either') return shape.of.some((one) => fits(value, one));
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inRecord(
  value: Readonly<Record<string, unknown>>,
  { fields, strangers, label }: RecordShape,
  path: string,
  nulls: boolean,
): Problem[] {
  const known = Object.keys(fields);
  const strange = Object.keys(value).filter(
    (key) => !Object.hasOwn(fields, key) && value[key] !== undefined,
  );
  const absent = (key: string): boolean =>
    value[key] === undefined || (nulls && value[key] === null);
  return [
    ...strange.map((key): Problem => ({
      path: below(path, key),
      message: unknownKey(key, label, known, strangers),
    })),
    ...known.flatMap((key): Problem[] => {
      const shape = fields[key] as Shape;
      if (!absent(key)) return problemsIn(value[key], shape, below(path, key), nulls);
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
  nulls: boolean,
): Problem[] {
  const { type = standard, ...rest } = value;
  const known = Object.keys(types);
  if (typeof type === 'string' && Object.hasOwn(types, type))
    return inRecord(rest, types[type] as RecordShape, path, nulls);
  const near = typeof type === 'string' ? didYouMean(type, known) : '';
  return [
    {
      path: below(path, 'type'),
      message: `found ${type === null ? 'nothing' : shown(type, path)}.${near} ${capital(label)} has one of these types: ${known.join(', ')}.`,
    },
  ];
}

function mismatch(value: unknown, shape: Shape, path: string): string {
  const near = typeof value === 'string' ? didYouMean(value, wordsOf(shape)) : '';
  return `found ${shown(value, path)}; it must be ${allowed(shape)}.${near}`;
}

function allowed(shape: Shape): string {
  if (shape.kind === 'words')
    return shape.words.length === 1 ? `${shape.words[0]}` : `one of ${shape.words.join(', ')}`;
  if (shape.kind === 'list') return 'a list';
  if (shape.kind === 'map') return 'an object';
  if (shape.kind !== 'either') return shape.label;
  const labels = [...new Set(shape.of.map(allowed))];
  return labels.length === 1
    ? `${labels[0]}`
    : `${labels.slice(0, -1).join(', ')} or ${labels.at(-1)}`;
}

function wordsOf(shape: Shape): string[] {
  if (shape.kind === 'either') return shape.of.flatMap(wordsOf);
  return shape.kind === 'words' ? [...shape.words] : [];
}

/** For the begin of a sentence; words that are keys stay as they are. */
function capital(label: string): string {
  return label.includes(' ') ? label.charAt(0).toUpperCase() + label.slice(1) : `\`${label}\``;
}
