import { fits } from './fits.js';
import { didYouMean } from './nearest.js';
import { below, type Problem, problemsOf } from './problem.js';
import type { Field, RecordShape, Shape } from './shape.js';
import { hideTexts, type ShowValue, valueText } from './value-text.js';

/**
 * Finds everything in a value (`withoutNulls`) that is not as its shape says, with its place.
 *
 * @param show the words for texts and numbers. @default texts are not shown
 */
export function shapeProblems(
  value: unknown,
  shape: Shape,
  show: ShowValue = hideTexts,
): Problem[] {
  return problemsAt(value, shape, '', { isSecret: false, show });
}

/** How values are shown: `isSecret` where a shape around them says so. */
interface Showing {
  isSecret: boolean;
  show: ShowValue;
}

function problemsAt(value: unknown, shape: Shape, path: string, around: Showing): Problem[] {
  const problems = within(value, shape, path, {
    ...around,
    isSecret: around.isSecret || shape.isSecret === true,
  });
  return problems.length > 0 || shape.check === undefined
    ? problems
    : problemsOf(() => shape.check?.(value as never), path);
}

function within(value: unknown, shape: Shape, path: string, showing: Showing): Problem[] {
  if (!fits(value, shape)) return [{ path, message: mismatch(value, shape, path, showing) }];
  if (shape.kind === 'list')
    return (value as unknown[]).flatMap((one, i) =>
      problemsAt(one, shape.of, below(path, i), showing),
    );
  if (shape.kind === 'map')
    return Object.entries(value as object).flatMap(([key, one]) =>
      one === undefined ? [] : problemsAt(one, shape.of, below(path, key), showing),
    );
  if (shape.kind === 'record')
    return inRecord(value as Record<string, unknown>, shape, path, showing);
  if (shape.kind === 'tagged')
    return inTagged(value as Record<string, unknown>, shape, path, showing);
  if (shape.kind === 'either')
    return problemsAt(value, shape.of.find((one) => fits(value, one)) as Shape, path, showing);
  return [];
}

function inRecord(
  value: Readonly<Record<string, unknown>>,
  { fields, strangers, label }: RecordShape,
  path: string,
  showing: Showing,
): Problem[] {
  const known = Object.keys(fields);
  // Null is not given, where the key is known to others: `session: None` of a dlt config.
  const strange = Object.keys(value).filter(
    (key) =>
      !Object.hasOwn(fields, key) &&
      value[key] !== undefined &&
      !(value[key] === null && Object.hasOwn(strangers, key)),
  );
  return [
    ...strange.map((key): Problem => ({
      path: below(path, key),
      message: unknownKey(key, label, known, strangers),
    })),
    ...known.flatMap((key): Problem[] => {
      const shape = fields[key] as Field;
      if (value[key] !== undefined) return problemsAt(value[key], shape, below(path, key), showing);
      return shape.required === true
        ? [{ path: below(path, key), message: `is missing; it must be ${shapeWords(shape)}.` }]
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
  showing: Showing,
): Problem[] {
  const { type = standard, ...rest } = value;
  const known = Object.keys(types);
  if (typeof type === 'string' && Object.hasOwn(types, type)) {
    const shape = types[type] as RecordShape;
    return problemsAt(rest, shape, path, showing);
  }
  const near = typeof type === 'string' ? didYouMean(type, known) : '';
  return [
    {
      path: below(path, 'type'),
      message: `found ${type === null ? 'nothing' : valueText(type, showing.show, path, showing.isSecret)}.${near} ${capital(label)} has one of these types: ${known.join(', ')}.`,
    },
  ];
}

function mismatch(value: unknown, shape: Shape, path: string, showing: Showing): string {
  const near = typeof value === 'string' ? didYouMean(value, wordsOf(shape)) : '';
  return `found ${valueText(value, showing.show, path, showing.isSecret)}; it must be ${shapeWords(shape)}.${near}`;
}

/** What a shape takes, in a few words. */
export function shapeWords(shape: Shape): string {
  if (shape.kind === 'words')
    return shape.words.length === 1 ? `${shape.words[0]}` : `one of ${shape.words.join(', ')}`;
  if (shape.kind === 'list') return 'a list';
  if (shape.kind === 'map') return 'an object';
  if (shape.kind === 'record') return anObject(Object.keys(shape.fields));
  if (shape.kind === 'tagged') return 'an object with a `type`';
  if (shape.kind === 'value') return shape.label;
  const labels = [...new Set(shape.of.map(shapeWords))];
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
