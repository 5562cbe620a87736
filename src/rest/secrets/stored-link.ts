import { linkWithout } from '../http/url.js';
import { secretFinder } from './find-secrets.js';
import { isSecretField } from './secret-names.js';

/** A link as it can be stored and followed later. */
export interface StoredLink {
  /** The link without the parameters that were removed; all else as it is written. */
  link: string;
  /** The parameters with secrets. */
  removed: readonly (readonly [name: string, value: string])[];
  /** A secret is left, in the path say: the link must not be stored. */
  holdsSecret: () => boolean;
}

/** Shorter secrets may be part of ordinary text. */
const SHORTEST = 8;

/**
 * Removes from links, be they relative, the parameters whose values are among the secrets, and
 * those whose names are among `params`. What is left is searched for secrets of eight characters
 * and more in every common spelling.
 */
export function storedLinks(
  secrets: readonly string[],
): (link: string, params?: readonly string[]) => StoredLink {
  const values = new Set(secrets);
  let find: ReturnType<typeof secretFinder> | null = null;
  return (link, params = []) => {
    if (values.size === 0 && params.length === 0)
      return { link, removed: [], holdsSecret: () => false };
    const removed: [string, string][] = [];
    const kept = linkWithout(link, (name, value) => {
      const isSecret =
        params.includes(name) ||
        (values.has(value) && (value.length >= SHORTEST || isSecretField(name, value)));
      if (isSecret) removed.push([name, value]);
      return isSecret;
    });
    return {
      link: kept,
      removed,
      holdsSecret: () => (find ??= secretFinder(values, SHORTEST))(kept).length > 0,
    };
  };
}
