import { unexpected } from '../../../operators/columns/kernel.js';
import { parseJson, printJson } from '../../../operators/columns/parse-json.js';

/**
 * What an API answers with. `json`; `ndjson`: one JSON value a line, each a row; `text`: the whole answer is one row with the
 * text in field `value`; `file`: the answer is saved to disk, and the row is its manifest.
 */
export type Format = 'json' | 'ndjson' | 'text' | 'file';

/**
 * A body as JSON: what all further work is done on. The bytes themselves where they are JSON already.
 *
 * Errors: JsonError for a line that begins as no JSON does. A last line that is only half there is left open, so that whoever
 * looks at the whole sees that it was cut.
 */
export function asJson(body: Uint8Array, format: Format): Uint8Array {
  if (format === 'ndjson') return fromLines(body);
  return format === 'text' ? fromText(body) : body;
}

/** Lines as the elements of one array; blank lines (and the last line's end) are no rows. */
function fromLines(body: Uint8Array): Uint8Array {
  const array = new Uint8Array(body.length + 2);
  let size = 0;
  for (let from = 0; from < body.length; ) {
    const end = body.indexOf(NEWLINE, from);
    const line = body.subarray(from, end < 0 ? body.length : end);
    from += line.length + 1;
    const first = line.find((byte) => !isBlank(byte));
    if (first === undefined) continue;
    if (!BEGINNINGS.has(first)) throw unexpected(body, line.byteOffset - body.byteOffset + line.indexOf(first));
    array[size] = size === 0 ? OPEN : COMMA;
    array.set(line, size + 1);
    size += line.length + 1;
  }
  if (size === 0) return encoder.encode('[]');
  if (isCut(body)) return array.subarray(0, size);
  array[size] = CLOSE;
  return array.subarray(0, size + 1);
}

/** True where the last line has no end, of the line or of its value. */
function isCut(body: Uint8Array): boolean {
  const line = new TextDecoder().decode(body.subarray(body.lastIndexOf(NEWLINE) + 1)).trim();
  if (line === '') return false;
  try {
    JSON.parse(line);
    return false;
  } catch {
    return true;
  }
}

/** What JSON values begin with (RFC 8259 §3). */
const BEGINNINGS: ReadonlySet<number> = new Set(Buffer.from('{["-0123456789tfn'));
const [NEWLINE, OPEN, COMMA, CLOSE] = [0x0a, 0x5b, 0x2c, 0x5d] as const;

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}

/** Some services write the text as a JSON string. */
function fromText(body: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(body).trim();
  return encoder.encode(printJson({ value: unquoted(text) }));
}

function unquoted(text: string): string {
  if (!/^".*"$/s.test(text)) return text;
  try {
    const whole = parseJson(text);
    return typeof whole === 'string' ? whole : text;
  } catch {
    return text;
  }
}

const encoder = new TextEncoder();
