/** Members of an error that are not enumerable, and that are printed with it. */
const HIDDEN = ['message', 'stack', 'cause', 'errors'];
/** Deeper is not printed. */
const DEEPEST = 8;
/** What is looked at of one error at most: some hold the whole state of a client. */
const MOST_VALUES = 10_000;

/**
 * Removes secrets from an error in place: from its message, its stack, its causes, and the texts in
 * its own members, at any depth that is printed. A member with a secret gets a copy without it, so
 * that objects of others stay as they are. Circles and frozen errors are no fault.
 *
 * @param text removes the secrets from a text
 */
export function redactError<E extends Error>(error: E, text: (text: string) => string): E {
  const seen = new Set<object>();

  function redacted(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return text(value);
    if (typeof value !== 'object' || value === null || seen.has(value)) return value;
    if (depth === DEEPEST || seen.size === MOST_VALUES) return value;
    seen.add(value);
    if (value instanceof Error) return ofError(value, depth);
    if (value instanceof URL) {
      const href = text(value.href);
      return href === value.href ? value : href;
    }
    if (!isPlain(value)) return value;
    const members = Object.entries(value).map(
      ([name, one]) => [name, one as unknown, redacted(one, depth + 1)] as const,
    );
    if (members.every(([, one, other]) => one === other)) return value;
    const copied = members.map(([name, , other]) => [name, other] as const);
    return Array.isArray(value) ? copied.map(([, other]) => other) : Object.fromEntries(copied);
  }

  function ofError(from: Error, depth: number): Error {
    const names = [...HIDDEN.filter((name) => Object.hasOwn(from, name)), ...Object.keys(from)];
    const to = Object.isFrozen(from) ? (Object.create(from) as Error) : from;
    for (const name of names) {
      const {
        value,
        configurable = false,
        enumerable = false,
      } = Object.getOwnPropertyDescriptor(from, name) ?? {};
      const before: unknown = name === 'stack' ? from.stack : value;
      const after = redacted(before, depth + 1);
      // Some errors of the platform have messages that cannot be assigned to.
      if (after !== before && (configurable || to !== from))
        Object.defineProperty(to, name, {
          value: after,
          configurable: true,
          enumerable,
          writable: true,
        });
    }
    // Messages of some are those of their class.
    if (!Object.hasOwn(from, 'message') && from.message !== '')
      Object.defineProperty(to, 'message', {
        value: text(from.message),
        configurable: true,
        writable: true,
      });
    return to;
  }

  return redacted(error, 0) as E;
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const proto = Object.getPrototypeOf(value) as object | null;
  return proto === null || proto === Object.prototype;
}
