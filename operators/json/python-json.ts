import { compareCodePoints } from './compare-code-points.js';

/**
 * Returns the JSON of a document as dlt prints it to hash it (orjson with sorted keys): no blanks,
 * keys in the order of their code points, of two with one name the last, integers as their digits,
 * other numbers as doubles in their shortest form (`1.0`). `text` must be JSON.
 */
export function pythonJson(text: string): string {
  return reader(text).value();
}

/**
 * Returns the JSON of each element of a list of rows, as `pythonJson` does. Nulls are no rows, and
 * scalars are rows with a `value`. Of objects, members whose name begins with `_dlt` are left out:
 * dlt hashes rows without its own columns.
 */
export function pythonRows(list: string): string[] {
  const read = reader(list);
  return read.elements(() => read.row()).filter((row) => row !== 'null');
}

/**
 * Returns a double as orjson prints it: `1.0`, `1e+16`, `0.00001`, `1e-6`, `null` for one that is
 * not finite.
 */
export function pythonDouble(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [, sign = '', first = '', rest = '', power = ''] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential()) ?? [];
  const exponent = Number(power);
  if (exponent < -5 || exponent > 15)
    return `${sign}${first}${rest === '' ? '' : `.${rest}`}e${power}`;
  const digits = first + rest;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/**
 * Returns a number with a point or an exponent as orjson prints it. One beyond all doubles stays as
 * it is written: it is stored so, and dlt's `null` would hide that it has changed.
 */
export function pythonNumber(digits: string): string {
  const value = Number(digits);
  return Number.isFinite(value) ? pythonDouble(value) : digits;
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[^\s,:[\]{}"]+/y;

interface Reader {
  value(): string;
  row(): string;
  elements(read: () => string): string[];
}

/** How the members of a row follow one another: most rows are written like the one before. */
interface Layout {
  /** What stands in the document before each value: bracket or comma, blanks, the name. */
  heads: readonly string[];
  /** What stands behind the last value. */
  tail: string;
  /** Where each value goes in the order of the names; -1 for those that are left out. */
  places: readonly number[];
  /** What is printed before each value, in the order of the names. */
  printed: readonly string[];
}

/** Reads a document from its begin on; every call reads one value and stops behind it. */
function reader(text: string): Reader {
  let at = 0;
  let layout: Layout | null = null;
  function next(): string {
    while (text.charCodeAt(at) <= 0x20) at += 1;
    return text[at] ?? '';
  }
  function token(): string {
    if (next() === '"') {
      const end = text.indexOf('"', at + 1) + 1;
      const found = text.slice(at, end);
      if (end > 0 && !found.includes('\\')) {
        at = end;
        return found;
      }
    }
    TOKEN.lastIndex = at;
    const [found = ''] = TOKEN.exec(text) ?? [];
    at += Math.max(found.length, 1);
    return found;
  }
  function members(open: string, close: string, read: () => void): void {
    if (next() === open) at += 1;
    while (next() !== close && at < text.length) {
      read();
      if (next() === ',') at += 1;
    }
    at += 1;
  }
  function elements(read: () => string): string[] {
    const all: string[] = [];
    members('[', ']', () => all.push(read()));
    return all;
  }
  /** `met` is called with each name and where its value begins and ends. */
  function object(
    isTaken: (name: string) => boolean,
    met?: (name: string, from: number, to: number) => void,
  ): string {
    const all = new Map<string, string>();
    members('{', '}', () => {
      const name = JSON.parse(token()) as string;
      if (next() === ':') at += 1;
      next();
      const from = at;
      const text = value();
      met?.(name, from, at);
      if (isTaken(name)) all.set(name, text);
    });
    const names = [...all.keys()].sort(compareCodePoints);
    return `{${names.map((name) => `${JSON.stringify(name)}:${all.get(name)}`).join(',')}}`;
  }
  function value(): string {
    const first = next();
    if (first === '{') return object(() => true);
    return first === '[' ? `[${elements(value).join(',')}]` : scalar(token());
  }
  function newRow(): string {
    const names: string[] = [];
    const heads: string[] = [];
    let end = at;
    const row = object(isOwn, (name, from, to) => {
      names.push(name);
      heads.push(text.slice(end, from));
      end = to;
    });
    layout = layoutOf(names, heads, text.slice(end, at));
    return row;
  }
  /** A row that is written like the one before; null, and nothing read, for another. */
  function likeBefore({ heads, tail, places, printed }: Layout): string | null {
    const begin = at;
    const values = new Array<string>(printed.length);
    for (const [i, head] of heads.entries()) {
      if (!text.startsWith(head, at)) {
        at = begin;
        return null;
      }
      at += head.length;
      const place = places[i] as number;
      const own = value();
      if (place >= 0) values[place] = own;
    }
    if (!text.startsWith(tail, at)) {
      at = begin;
      return null;
    }
    at += tail.length;
    let row = '{';
    for (const [i, own] of values.entries()) row += (printed[i] as string) + own;
    return `${row}}`;
  }
  return {
    value,
    elements,
    row() {
      const first = next();
      if (first === '{') return (layout && likeBefore(layout)) ?? newRow();
      const text = value();
      return text === 'null' ? text : `{"value":${text}}`;
    },
  };
}

function isOwn(name: string): boolean {
  return !name.startsWith('_dlt');
}

/** Null where the next row cannot be read by it: a name is there twice, or none is. */
function layoutOf(names: readonly string[], heads: readonly string[], tail: string): Layout | null {
  if (names.length === 0 || new Set(names).size < names.length) return null;
  const sorted = names.filter(isOwn).sort(compareCodePoints);
  const places = new Map(sorted.map((name, place) => [name, place]));
  return {
    heads,
    tail,
    places: names.map((name) => places.get(name) ?? -1),
    printed: sorted.map((name, i) => `${i === 0 ? '' : ','}${JSON.stringify(name)}:`),
  };
}

/** Doubles that are written as they are printed: no more digits than every double keeps. */
const SHORT_DOUBLE = /^-?(?!0\.0000)(?:0|[1-9]\d*)\.(?:0|\d*[1-9])$/;
const SHORT = 16;

function scalar(token: string): string {
  if (token.startsWith('"')) return token.includes('\\') ? respelt(token) : token;
  if (!/^-?\d/.test(token)) return token;
  if (token.length <= SHORT && SHORT_DOUBLE.test(token)) return token;
  if (/[.eE]/.test(token)) return pythonNumber(token);
  return token === '-0' ? '0' : token;
}

function respelt(token: string): string {
  return JSON.stringify(JSON.parse(token));
}
