/** Keys of a path, and whether each may be one key with the one before it. */
interface Part {
  key: string;
  isJoined: boolean;
}

/** A key in quotes or brackets, a number in brackets, or the wildcard, at this place of a path. */
const EXACT = /\[(\d+|\*)\]|\[("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\]/y;
const QUOTED = /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')(?=$|\.|\[)/y;
/** Where a bracket begins that is not part of a key. */
const BRACKET = /\[(?:\d+|\*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\]/g;
/** Dotted keys of which every reading is tried: 32 readings. */
const MOST_DOTS = 5;

/**
 * Splits a path into its keys, read as dotted. `@`, `$` and the empty path are the document itself;
 * a leading `$.` or `@.` counts for nothing; `[0]` is an element, `*` and `[*]` are wildcards. A
 * key with dots stands in quotes or brackets: `'a.b'.c`, `a["b.c"]`. Source: JSONPath (RFC 9535) as
 * far as dlt's configs use it.
 */
export function segments(path: string): string[] {
  return partsOf(path).map(({ key }) => key);
}

/**
 * Lists all ways to read a path, in the order in which they are tried: keys with dots in them
 * before nested keys (`@odata.nextLink`, `a.b`). What stands in quotes or brackets is read in one
 * way.
 */
export function readings(path: string): string[][] {
  const found = readingsOf(partsOf(path));
  const isLiteral = found.some((keys) => keys.length === 1 && keys[0] === path);
  return isLiteral || /^[@$]?$/.test(path) ? found : [[path], ...found];
}

/**
 * Lists the stretches of a path between its wildcards, the one in front of the first wildcard
 * first, each in all ways to read it (`readings`).
 */
export function stretches(path: string): string[][][] {
  const found: Part[][] = [[]];
  for (const part of partsOf(path))
    if (part.key === '*') found.push([]);
    else found.at(-1)?.push(part);
  return found.map(readingsOf);
}

/** Returns a path that reads as these keys and in no other way. */
export function pathOf(keys: readonly string[]): string {
  return keys
    .map((key, i) => {
      if (key === '' || /[.[\]'"*]|^[@$]$/.test(key))
        return key.includes("'")
          ? `[${JSON.stringify(key)}]`
          : `['${key.replaceAll('\\', '\\\\')}']`;
      return i === 0 ? key : `.${key}`;
    })
    .join('');
}

function partsOf(path: string): Part[] {
  if (/^[@$]?$/.test(path)) return [];
  const parts: Part[] = [];
  let at = /^[@$](?=[.[])/.test(path) ? 1 : 0;
  let wasPlain = false;
  while (at < path.length) {
    const hasDot = path[at] === '.';
    if (hasDot) at += 1;
    const exact = matchAt(EXACT, path, at) ?? matchAt(QUOTED, path, at);
    if (exact !== null) {
      parts.push({ key: unquoted(exact[1] ?? exact[2] ?? ''), isJoined: false });
      at += exact[0].length;
      wasPlain = false;
      continue;
    }
    const key = path.slice(at, endOfKey(path, at));
    parts.push({ key, isJoined: wasPlain && hasDot && key !== '*' && parts.at(-1)?.key !== '*' });
    at += key.length;
    wasPlain = true;
    // A dot at the end is followed by an empty key.
    if (path[at] === '.' && at + 1 === path.length) {
      parts.push({ key: '', isJoined: true });
      at += 1;
    }
  }
  return parts;
}

function endOfKey(path: string, from: number): number {
  const dot = path.indexOf('.', from);
  BRACKET.lastIndex = from;
  const bracket = BRACKET.exec(path)?.index ?? path.length;
  return Math.min(dot === -1 ? path.length : dot, bracket);
}

function matchAt(pattern: RegExp, path: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(path);
}

function unquoted(text: string): string {
  return /^["']/.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text;
}

function readingsOf(parts: readonly Part[]): string[][] {
  const keys = parts.map(({ key }) => key);
  if (parts.length === 0) return [[]];
  const joins = parts.filter(({ isJoined }) => isJoined).length;
  if (joins > MOST_DOTS) return [keys];
  let longest = 1;
  while (parts[longest]?.isJoined === true) longest += 1;
  const found: string[][] = [];
  for (let count = longest; count > 0; count -= 1) {
    const rest = parts
      .slice(count)
      .map((part, i) => (i === 0 ? { ...part, isJoined: false } : part));
    for (const behind of readingsOf(rest)) found.push([keys.slice(0, count).join('.'), ...behind]);
  }
  return found;
}
