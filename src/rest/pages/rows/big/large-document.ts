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
  /** The elements of a slice of a long list. */
  elements(slice: Slice): Promise<Json[]>;
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
  const parsed = (bytes: Uint8Array): Json[] =>
    parseJson(
      format === 'ndjson' ? jsonLines(bytes) : Buffer.concat([OPEN, bytes, CLOSE]),
    ) as Json[];
  return {
    whole: () =>
      lazyDocument(outline, ({ from, to }) => {
        if (isClosed)
          throw new Error(
            'the rows of this response were worked on and are not there any more. Copy what is needed of `page.body()` while it is passed.',
          );
        return parsed(file.readNow(from, to));
      }),
    elements: async ({ from, to }) => parsed(await file.read(from, to)),
    async close() {
      isClosed = true;
      await file.close();
    },
  };
}

const [OPEN, CLOSE] = [Buffer.from('['), Buffer.from(']')];
