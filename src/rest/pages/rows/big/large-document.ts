import { parseJson } from '../../../../../operators/json/parse-json.js';
import type { Json } from '../../../../../operators/types.js';
import type { BodyFile } from '../../../http/body/body-file.js';
import { jsonLines } from '../json-lines.js';
import { lazyDocument } from './lazy-document.js';
import type { Outline } from './outline.js';
import type { Slice } from './row-cuts.js';

/** A JSON document whose long lists are in a file. */
export interface LargeDocument {
  /**
   * All of it, as if it were parsed (`lazyDocument`). Errors: of its long lists Error where the
   * file is closed.
   */
  whole(): Json;
  /** A slice of a long list or map as a list or map of its own. */
  part(slice: Slice, kind: 'array' | 'map'): Promise<Json>;
  /** Deletes the file. May be called again. */
  close(): Promise<void>;
}

/** The document of a body in a file. It owns the file. */
export function largeDocument(
  file: BodyFile,
  outline: Outline,
  format: 'json' | 'ndjson',
): LargeDocument {
  let isClosed = false;
  const parsed = (bytes: Uint8Array, kind: 'array' | 'map'): Json =>
    parseJson(format === 'ndjson' ? jsonLines(bytes) : Buffer.concat(enclosed(bytes, kind)));
  return {
    whole: () =>
      lazyDocument(outline, ({ from, to }) => {
        if (isClosed)
          throw new Error(
            'the rows of this response were worked on and are not there any more. Copy what is needed of `page.body()` while it is passed.',
          );
        return parsed(file.readNow(from, to), 'array') as Json[];
      }),
    part: async ({ from, to }, kind) => parsed(await file.read(from, to), kind),
    async close() {
      isClosed = true;
      await file.close();
    },
  };
}

function enclosed(bytes: Uint8Array, kind: 'array' | 'map'): Uint8Array[] {
  const [open, close] = kind === 'map' ? '{}' : '[]';
  return [Buffer.from(open as string), bytes, Buffer.from(close as string)];
}
