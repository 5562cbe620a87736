import { SentNumber } from './sent-number.js';
import { hasSentTexts, sentText } from './sent-numbers.js';

/**
 * Prints JavaScript values as JSON text: BigInt as its digits, numbers of a parsed document that
 * were not changed as they were sent, dates and all else with a `toJSON` by that. Members that are
 * undefined are left out, and are null in lists, as JSON.stringify does.
 *
 * Errors: a TypeError with the place for what JSON cannot hold: NaN, infinite numbers, invalid
 * dates, functions, symbols, promises, maps and sets, bytes, iterables that are no lists, cycles.
 */
export function printJson(value: unknown): string {
  return print(value, []);
}

/** Returns a member of an object or list as JSON text. */
export function printMember(holder: object, key: string): string {
  return (
    sentText(holder, key) ?? print((holder as Record<string, unknown>)[key], [{ holder, key }])
  );
}

/** An object or list that a value is in, with the key that leads on. */
interface Step {
  holder: object;
  key: string;
}

function print(value: unknown, above: Step[]): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw unfit(above, String(value));
      return String(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      return value === null ? 'null' : printObject(value, above);
    case 'undefined':
    case 'function':
    case 'symbol':
  }
  throw unfit(above, value === undefined ? 'undefined' : `a ${typeof value}`);
}

function printObject(value: object, above: Step[]): string {
  if (above.some(({ holder }) => holder === value))
    throw unfit(above, 'an object that contains itself');
  if (value instanceof SentNumber) return value.text;
  if (ArrayBuffer.isView(value))
    throw unfit(
      above,
      `a ${value.constructor.name}`,
      "Give its bytes as base64, with `dataType: 'binary'`, or leave it out.",
    );
  if (BOXES.some((type) => value instanceof type)) return print(value.valueOf(), above);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') {
    if (value instanceof Date && Number.isNaN(value.getTime()))
      throw unfit(above, 'an invalid date');
    return print((toJSON as (key: string) => unknown).call(value, above.at(-1)?.key ?? ''), above);
  }
  const strange = STRANGE.find((type) => value instanceof type)?.name;
  if (strange !== undefined) throw unfit(above, `a ${strange}`);
  if (!Array.isArray(value) && (Symbol.iterator in value || Symbol.asyncIterator in value))
    throw unfit(above, 'an iterable that is not a list');
  const step: Step = { holder: value, key: '' };
  above.push(step);
  const isKept = hasSentTexts(value);
  const member = (inner: unknown): string =>
    (isKept ? sentText(value, step.key) : undefined) ?? print(inner, above);
  let text = '';
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) {
      step.key = String(i);
      const element: unknown = value[i];
      const printed = element === undefined ? 'null' : member(element);
      text += i === 0 ? printed : `,${printed}`;
    }
    text = `[${text}]`;
  } else {
    for (const [name, inner] of Object.entries(value)) {
      if (inner === undefined) continue;
      step.key = name;
      text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${member(inner)}`;
    }
    text = `{${text}}`;
  }
  above.pop();
  return text;
}

/** What holds one value as an object. */
const BOXES = [Number, String, Boolean, BigInt] as const;

/** Objects whose content is in no member: JSON.stringify would make `{}` of them. */
const STRANGE = [Map, Set, WeakMap, WeakSet, Promise, RegExp, Error, ArrayBuffer] as const;

function unfit(
  above: readonly Step[],
  found: string,
  advice = 'Give null for it, or leave it out.',
): TypeError {
  const path = above.reduce(
    (text, { holder, key }) =>
      `${text}${Array.isArray(holder) ? `[${key}]` : `${text === '' ? '' : '.'}${key}`}`,
    '',
  );
  return new TypeError(
    `${path === '' ? 'A value' : `\`${path}\``} is ${found}, which JSON cannot hold. ${advice}`,
  );
}
