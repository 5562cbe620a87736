import { from } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { duckdb, type Page, pipeline, type Source } from 'sluice';
import { tempFolder } from '../support/temp-folder.js';

const PAGES = 60;
const ROWS = 500;
/** Pages in a batch. */
const BATCH = 4;
/** A buffer of this size or more counts; smaller ones are views of the hot path's own making. */
const LARGE = 64 * 1024;
const encoder = new TextEncoder();

/** Counts large buffers as they are made in this thread, until the test ends. */
function countBuffers(): () => number {
  const Original = ArrayBuffer;
  let made = 0;
  class Counted extends Original {
    constructor(bytes: number) {
      super(bytes);
      if (bytes >= LARGE) made += 1;
    }
    static override [Symbol.hasInstance](value: unknown): boolean {
      return Function.prototype[Symbol.hasInstance].call(Original, value);
    }
  }
  globalThis.ArrayBuffer = Counted as unknown as ArrayBufferConstructor;
  onTestFinished(() => void (globalThis.ArrayBuffer = Original));
  return () => made;
}

/** Rows with an own and a nested list; every page has other texts, and every third no `note`. */
function bodyOf(page: number): Uint8Array {
  const rows = Array.from({ length: ROWS }, (_, i) => ({
    id: page * ROWS + i,
    text: `text ${page} of row ${i}, long enough to be no inline string`,
    ...(page % 3 > 0 && { note: i % 2 === 0 ? null : `note ${page}` }),
    flag: (page + i) % 2 === 0,
    tags: i % 5 === 0 ? [{ tag: `tag ${page}` }, { tag: null }] : [],
  }));
  return encoder.encode(JSON.stringify(rows));
}

function source(appended: () => number, seen: () => void): Source {
  const made: Source = {
    name: 'steady',
    resources: [{ name: 'rows' }],
    pages: () =>
      from(
        (async function* (): AsyncGenerator<Page> {
          for (let index = 0; index < PAGES; index += 1) {
            const body = bodyOf(index);
            yield {
              resource: 'rows',
              parent: null,
              index,
              body,
              rows: { kind: 'array', start: 0, end: body.length, count: ROWS },
              next: null,
              stamp: null,
              state: null,
            };
            // The first page is a batch of its own. The loader sends the memory of each back.
            const closed = 1 + Math.floor(index / BATCH);
            while (appended() < closed) await new Promise((resolve) => setImmediate(resolve));
            seen();
          }
        })(),
      ),
    withResources: () => made,
  };
  return made;
}

describe('a run', () => {
  const folder = tempFolder();

  it.each([true, false])(
    'makes no buffers a page in a steady load (loader thread: %s)',
    async (thread) => {
      const made = countBuffers();
      const counts: number[] = [];
      const loading = pipeline({
        name: 'steady',
        destination: duckdb(folder.path(`${thread}.duckdb`), { thread }),
        batch: { rows: BATCH * (ROWS + (2 * ROWS) / 5) },
      });
      let appended = 0;
      const info = await loading.run(
        source(
          () => appended,
          () => counts.push(made()),
        ),
        { observe: ({ kind }) => void (appended += Number(kind === 'append')) },
      );
      expect(info.tables['rows']).toBe(PAGES * ROWS);
      expect(counts[PAGES / 2]).toBeGreaterThan(0);
      expect(counts.at(-1)).toBe(counts[PAGES / 2]);
      const rows = await loading.dataset().query(
        `SELECT count(*) AS n, count(note) AS notes, sum(id) AS ids, count(DISTINCT text) AS texts,
           count(*) FILTER (flag) AS flags, (SELECT count(tag) FROM rows__tags) AS tags FROM rows`,
      );
      const total = PAGES * ROWS;
      expect(rows).toEqual([
        {
          n: total,
          notes: ((PAGES * 2) / 3) * (ROWS / 2),
          ids: (total * (total - 1)) / 2,
          texts: total,
          flags: total / 2,
          tags: PAGES * (ROWS / 5),
        },
      ]);
      await loading.close();
    },
  );
});
