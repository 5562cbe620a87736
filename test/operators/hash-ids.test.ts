import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashIds } from '#operators/columns/hash-ids.js';
import { hashId } from '#operators/schema/hash-id.js';

function idsOf(texts: readonly string[]): string[] {
  const { rows, nulls, offsets, data } = hashIds(texts);
  expect([rows, nulls, offsets?.length]).toEqual([texts.length, 0, texts.length + 1]);
  return texts.map((_, row) =>
    new TextDecoder().decode(data.subarray(offsets?.[row], offsets?.[row + 1])),
  );
}

/** By Node's own SHAKE-128. */
function expectedOf(text: string): string {
  return createHash('shake128', { outputLength: 10 })
    .update(text)
    .digest('base64')
    .replaceAll('=', '');
}

describe('hashes of many texts', () => {
  it('are those of each text alone, whatever its length', () => {
    const texts = Array.from({ length: 700 }, (_, i) => 'aü😀b"'.repeat(i).slice(0, i));
    const rows = [...texts, 'x'.repeat(400_000), '', 'y'.repeat(300_000)];
    expect(idsOf(rows)).toEqual(rows.map(expectedOf));
    expect(idsOf(rows.slice(0, 700))).toEqual(rows.slice(0, 700).map(hashId));
  });

  it('are made of more texts than are hashed at once', () => {
    const texts = Array.from({ length: 10_000 }, (_, i) => `{"id":${i}}`);
    expect(idsOf(texts)).toEqual(texts.map(expectedOf));
  });

  it('are none of no texts', () => {
    expect(idsOf([])).toEqual([]);
  });
});
