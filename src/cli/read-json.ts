import { JsonError } from '../../operators/errors.js';
import { locate } from '../../operators/json/locate.js';
import { ConfigError } from '../errors.js';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Parses the document in a file's bytes (UTF-8). ConfigError naming the line where it is broken,
 * without the text of that line, which may be a secret.
 */
export function readJson(bytes: Buffer, path: string): unknown {
  const body = bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes;
  try {
    return JSON.parse(body.toString());
  } catch {
    if (body.toString().trim() === '') throw new ConfigError(`${path} is empty.`);
    const offset = faultIn(body);
    const line = body.subarray(0, offset).toString().split('\n').length;
    const what =
      offset >= body.length
        ? 'the JSON ends before it is complete'
        : 'this is not JSON (JSON has no comments, and no comma after the last element)';
    throw new ConfigError(`${path}, line ${line}: ${what}.`);
  }
}

/**
 * Returns the position at which a document stops being JSON. Not every message of JSON.parse has
 * it.
 */
function faultIn(body: Buffer): number {
  try {
    // Without a selector nothing counts as rows, so all of it is checked.
    locate(body, { selectors: [] });
  } catch (error) {
    if (error instanceof JsonError) return error.offset;
  }
  return body.length;
}
