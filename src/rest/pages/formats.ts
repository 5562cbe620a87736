import { parseJson, printJson } from '../../../operators/json/parse-json.js';
import { jsonLines } from './json-lines.js';

/**
 * What an API answers with. `json`; `ndjson`: one JSON value a line, each a row unless it is null;
 * `text`: the whole answer is one row with the text in field `value`, in the charset of its content
 * type (UTF-8 where it says none that is known) and without its last line's end; `file`: the answer
 * is saved to disk, and the row is its manifest.
 */
export type Format = 'json' | 'ndjson' | 'text' | 'file';

/**
 * A body as JSON: what all further work is done on. The bytes themselves where they are JSON
 * already.
 *
 * Errors: those of `jsonLines`.
 */
export function asJson(body: Uint8Array, format: Format, contentType: string | null): Uint8Array {
  if (format === 'ndjson') return jsonLines(body);
  return format === 'text' ? fromText(body, contentType) : body;
}

/** Some services write the text as a JSON string. */
function fromText(body: Uint8Array, contentType: string | null): Uint8Array {
  const text = decoderOf(contentType)
    .decode(body)
    .replace(/\r?\n$/, '');
  return encoder.encode(printJson({ value: unquoted(text) }));
}

/**
 * The decoder of a charset parameter (RFC 9110 §8.3.2), in the labels of the WHATWG Encoding
 * Standard.
 */
function decoderOf(contentType: string | null): InstanceType<typeof TextDecoder> {
  const [, charset = 'utf-8'] = /;\s*charset="?([^\s;"]+)/i.exec(contentType ?? '') ?? [];
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
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
