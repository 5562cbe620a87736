import { valueAt, valueAtPath } from '../../../operators/json/value-at.js';
import type { Json } from '../../../operators/types.js';
import type { PageFacts } from './paginator.js';

/** A path in two parts: what a look over the bytes finds, and how to go on from there. */
interface ValuePath {
  plain: string;
  readonly read: (value: Json | undefined) => Json | undefined;
}

/**
 * Values that a paginator reads from each body, by name. Paths are read as `readings` says; where a
 * list must be looked into, JSONPath's `[-1]` (counted from the end) and `[?(@.rel=='next')]` (the
 * first element with that member) do it.
 */
export function bodyValues<K extends string>(
  wanted: Readonly<Record<K, string | undefined>>,
): { paths: string[]; read(page: PageFacts): Partial<Record<K, Json>> } {
  const given = Object.entries<string | undefined>(wanted).flatMap(([name, path]) =>
    path === undefined ? [] : [{ name, ...valuePath(path) }],
  );
  return {
    paths: given.map(({ plain }) => plain),
    read: ({ values }) =>
      Object.fromEntries(given.map(({ name, read }, i) => [name, read(values[i])])) as Partial<
        Record<K, Json>
      >,
  };
}

function valuePath(path: string): ValuePath {
  const special = IN_LIST.exec(path);
  if (special === null) return { plain: path, read: (value) => value };
  const [text, fromEnd, key = '', wanted] = special;
  const behind = valuePath(path.slice(special.index + text.length).replace(/^\./, ''));
  const pick = (list: Json | undefined): Json | undefined => {
    if (!Array.isArray(list)) return undefined;
    return fromEnd === undefined
      ? list.find((one) => valueAt(one, [key]) === wanted)
      : list.at(-Number(fromEnd));
  };
  return {
    plain: path.slice(0, special.index) || '@',
    read: (value) => behind.read(valueAtPath(pick(value), behind.plain)),
  };
}

const IN_LIST = /\[(?:-(\d+)|\?\(@\.([\w-]+)\s*==\s*["']([^"']*)["']\))\]/;
