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

/** Returns a double as orjson prints it: `1.0`, `1e+16`, `0.00001`, `1e-6`. */
export function pythonDouble(value: number): string {
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

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[^\s,:[\]{}"]+/y;

interface Reader {
  value(): string;
  row(): string;
  elements(read: () => string): string[];
}

/** Reads a document from its begin on; every call reads one value and stops behind it. */
function reader(text: string): Reader {
  let at = 0;
  function next(): string {
    while (text.charCodeAt(at) <= 0x20) at += 1;
    return text[at] ?? '';
  }
  function token(): string {
    next();
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
  function object(isTaken: (name: string) => boolean): string {
    const all = new Map<string, string>();
    members('{', '}', () => {
      const name = JSON.parse(token()) as string;
      if (next() === ':') at += 1;
      const text = value();
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
  return {
    value,
    elements,
    row() {
      const first = next();
      if (first === '{') return object((name) => !name.startsWith('_dlt'));
      const text = value();
      return text === 'null' ? text : `{"value":${text}}`;
    },
  };
}

function scalar(token: string): string {
  if (token.startsWith('"')) return token.includes('\\') ? respelt(token) : token;
  if (!/^-?\d/.test(token)) return token;
  if (/[.eE]/.test(token)) return pythonDouble(Number(token));
  return token === '-0' ? '0' : token;
}

function respelt(token: string): string {
  return JSON.stringify(JSON.parse(token));
}
