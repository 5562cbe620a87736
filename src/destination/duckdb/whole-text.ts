import accessors from '@duckdb/node-api/lib/vectors/dataAccessors.js';

/**
 * Runs `read`, which makes JavaScript values of what DuckDB answered, with text as it is stored.
 *
 * The binding decodes text by a TextDecoder that drops a byte order mark in front, and offers no
 * other way to read text within lists and structs. So its decoder is another one for as long as
 * `read` runs, which must be synchronous.
 */
export function withWholeText<T>(read: () => T): T {
  const before = settable.textDecoder;
  settable.textDecoder = decoder;
  try {
    return read();
  } finally {
    settable.textDecoder = before;
  }
}

/** A module of CommonJS, which looks its own exports up at each call. */
const settable: { textDecoder: typeof accessors.textDecoder } = accessors;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
