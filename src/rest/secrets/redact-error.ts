import { inspect } from 'node:util';

/** Members of an error that are not enumerable, and that are printed with it. */
const HIDDEN = ['message', 'stack', 'cause', 'errors'];
/** Deeper is not printed. */
const DEEPEST = 8;
/** What is looked at of one error at most: some hold the whole state of a client. */
const MOST_VALUES = 10_000;
/** Characters of an object that is shown as text. */
const LONGEST_TEXT = 2_048;

/**
 * Removes secrets from an error in place: from its message, its stack, its causes, and the texts in
 * its own members, their names too, at any depth that is printed. A member with a secret gets a
 * copy without it, so that objects of others stay as they are; an object of a class, a map or bytes
 * are text then, as `inspect` prints them. Circles and frozen errors are no fault.
 *
 * @param text removes the secrets from a text
 */
export function redactError<E extends Error>(error: E, text: (text: string) => string): E {
  /** What became of each object that was met; copies refer to copies, also in circles. */
  const made = new Map<object, unknown>();

  function redacted(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return text(value);
    if (!isObject(value)) return value;
    if (made.has(value)) return made.get(value);
    if (depth === DEEPEST || made.size === MOST_VALUES) return value;
    if (value instanceof Error) return ofError(value, depth);
    if (value instanceof URL) return holds(value, depth) ? text(value.href) : value;
    if (!holds(value, depth)) return value;
    if (!isPlain(value)) return text(printed(value, depth)).slice(0, LONGEST_TEXT);
    const copy: object = Array.isArray(value) ? [] : {};
    made.set(value, copy);
    for (const name of namesOf(value))
      Object.defineProperty(copy, named(name), {
        ...MEMBER,
        value: redacted(Reflect.get(value, name), depth + 1),
      });
    return copy;
  }

  /** True for a value whose texts, at any depth that is printed, show a secret. */
  function holds(value: unknown, depth: number, seen = new Set<object>()): boolean {
    if (typeof value === 'string') return text(value) !== value;
    if (!isObject(value) || seen.has(value)) return false;
    if (depth === DEEPEST || seen.size === MOST_VALUES) return false;
    seen.add(value);
    if (value instanceof URL) return text(value.href) !== value.href;
    if (value instanceof Error) return redacted(value, depth) !== value;
    if (!isPlain(value)) {
      const plain = printed(value, depth);
      return text(plain) !== plain;
    }
    return namesOf(value).some(
      (name) => named(name) !== name || holds(Reflect.get(value, name), depth + 1, seen),
    );
  }

  function named(name: string | symbol): string | symbol {
    return typeof name === 'string' ? text(name) : name;
  }

  function ofError(from: Error, depth: number): Error {
    const names = [...HIDDEN.filter((name) => Object.hasOwn(from, name)), ...namesOf(from)];
    const to = Object.isFrozen(from) ? (Object.create(from) as Error) : from;
    made.set(from, to);
    for (const name of names) {
      const {
        value,
        configurable = false,
        enumerable = false,
      } = Object.getOwnPropertyDescriptor(from, name) ?? {};
      const before: unknown = name === 'stack' ? from.stack : value;
      const after = redacted(before, depth + 1);
      if ((after === before && named(name) === name) || (!configurable && to === from)) continue;
      if (named(name) !== name) Reflect.deleteProperty(to, name);
      Object.defineProperty(to, named(name), { ...MEMBER, enumerable, value: after });
    }
    // Some errors of the platform have their class's message, which cannot be assigned to.
    if (!Object.hasOwn(from, 'message') && from.message !== '')
      Object.defineProperty(to, 'message', {
        ...MEMBER,
        enumerable: false,
        value: text(from.message),
      });
    return to;
  }

  return redacted(error, 0) as E;
}

const MEMBER = { configurable: true, enumerable: true, writable: true };

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** The names of the members that are printed. */
function namesOf(value: object): (string | symbol)[] {
  return Reflect.ownKeys(value).filter((name) =>
    Object.prototype.propertyIsEnumerable.call(value, name),
  );
}

/** As it is printed in an error at this depth; nothing where it cannot be printed. */
function printed(value: object, depth: number): string {
  try {
    return inspect(value, { depth: DEEPEST - depth });
  } catch {
    return '';
  }
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const proto = Object.getPrototypeOf(value) as object | null;
  return proto === null || proto === Object.prototype;
}
