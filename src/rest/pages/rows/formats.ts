import { isUtf8 } from 'node:buffer';
import { notUtf8 } from '../../../../operators/columns/kernel.js';
import { parseJson } from '../../../../operators/json/parse-json.js';
import { printJson } from '../../../../operators/json/print-json.js';
import { jsonLines } from './json-lines.js';

/**
 * Format of responses. `json`; `ndjson`: one JSON value a line, each a row unless it is null;
 * `text`: the whole response is one row with the text in field `value`, in the charset of its
 * content type and without its last line's end; `file`: the response is saved to disk, and the row
 * describes the file.
 */
export type Format = 'json' | 'ndjson' | 'text' | 'file';

/**
 * A body (in UTF-8) as JSON without a byte order mark: what all further work is done on. The bytes
 * themselves where they are JSON already.
 *
 * Errors: those of `jsonLines`; JsonError for text that is not UTF-8.
 */
export function asJson(body: Uint8Array, format: Format): Uint8Array {
  if (format === 'ndjson') return jsonLines(body);
  if (format === 'text') return fromText(body);
  return BOM.every((byte, i) => body[i] === byte) ? body.subarray(BOM.length) : body;
}

/** A byte order mark, which RFC 8259 §8.1 lets readers ignore. */
const BOM = [0xef, 0xbb, 0xbf];

/**
 * What to do about a body that is not of its format and is of another one; empty text where it is
 * not.
 */
export function formatAdvice(body: Uint8Array, format: Format): string {
  try {
    if (format === 'json') {
      jsonLines(body);
      if (!SEVERAL_LINES.test(Buffer.from(body).toString('latin1'))) return '';
      return " The body has one JSON value a line: set `format: 'ndjson'` on the endpoint.";
    }
    if (format !== 'ndjson') return '';
    parseJson(body);
    return " The body is one JSON document: set `format: 'json'` on the endpoint.";
  } catch {
    return '';
  }
}

/** A line that is not blank behind another one. */
const SEVERAL_LINES = /\S[^\S\n]*\n\s*\S/;

/** Some services write the text as a JSON string. */
function fromText(body: Uint8Array): Uint8Array {
  if (!isUtf8(body)) throw notUtf8(body);
  const text = new TextDecoder().decode(body).replace(/\r?\n$/, '');
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
